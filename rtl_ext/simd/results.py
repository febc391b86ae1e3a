"""The results that the CPU has not read, under way or waiting."""

from __future__ import annotations

from migen import Module, Signal
from migen.genlib.fifo import SyncFIFO

from compiler_intrinsics.simd.geometry import Geometry

from ..cfu_bus import WORD


class Results(Module):
    """A queue whose places are taken when a result starts, long before its word arrives.

        started ──> outstanding        valid, word ──> FIFO ──> oldest

    Ports:
        started   1   in   a result is on its way; only while not full
        valid     1   in   a result arrives
        word      32  in   with valid
        pop       1   in   take the oldest result off; without effect while there is none
        oldest    32  out  with readable
        readable  1   out  a result is here
        full      1   out  all places are taken
        drained   1   out  no result is on its way
        empty     1   out  none is on its way and none is here
    """

    def __init__(self, geometry: Geometry):
        self.started = Signal()
        self.valid = Signal()
        self.word = Signal(WORD)
        self.pop = Signal()
        self.oldest = Signal(WORD)
        self.readable = Signal()
        self.full = Signal()
        self.drained = Signal()
        self.empty = Signal()

        # # #

        self.submodules.fifo = fifo = SyncFIFO(WORD, geometry.results)
        outstanding = Signal(max=geometry.results + 1)
        self.sync += outstanding.eq(outstanding + self.started - (self.pop & fifo.readable))
        self.comb += [
            fifo.we.eq(self.valid),
            fifo.din.eq(self.word),
            fifo.re.eq(self.pop),
            self.oldest.eq(fifo.dout),
            self.readable.eq(fifo.readable),
            self.full.eq(outstanding == geometry.results),
            self.drained.eq(outstanding == fifo.level),
            self.empty.eq(outstanding == 0),
        ]
