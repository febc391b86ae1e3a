"""The two words before the current one, for each row of a depthwise window."""

from __future__ import annotations

from migen import Cat, Memory, Module, Signal

from compiler_intrinsics.simd.geometry import Geometry

from ..cfu_bus import WORD
from .layouts import bits_for_index


class History(Module):
    """Shift registers of two words, one for each row, in LUT RAM.

        word ──> previous ──> before          read in the same cycle, shifted at its end

    Ports, with n = log2(rows):
        row       n   in   of all other ports
        shift     1   in   push `word` into the row
        word      32  in
        previous  32  out  the row's last word
        before    32  out  the one before it
    """

    def __init__(self, geometry: Geometry):
        self.row = Signal(bits_for_index(geometry.rows))
        self.shift = Signal()
        self.word = Signal(WORD)
        self.previous = Signal(WORD)
        self.before = Signal(WORD)

        # # #

        memory = Memory(2 * WORD, geometry.rows)
        write = memory.get_port(write_capable=True)
        read = memory.get_port(async_read=True)
        self.specials += memory, write, read
        self.comb += [
            read.adr.eq(self.row),
            Cat(self.before, self.previous).eq(read.dat_r),
            write.adr.eq(self.row),
            write.dat_w.eq(Cat(self.previous, self.word)),
            write.we.eq(self.shift),
        ]
