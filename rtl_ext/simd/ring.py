"""A counter that runs from one place to another and around."""

from __future__ import annotations

from migen import If, Module, Record, Signal

from ..stage import around
from .layouts import bits_for_index, ring_load


class Ring(Module):
    """Runs from `first` to `last`, modulo `size`, and around.

    Parameters:
        size: places, a power of two; n below is log2(size).

    Ports:
        bounds    ring_load(size)  in   load: take over first and last, start at first
        advance   1                in   step on; `bounds.load` goes first
        position  n                out  the current place
        wrap      1                out  the next step starts again
    """

    def __init__(self, size: int):
        self.bounds = Record(ring_load(size))
        self.advance = Signal()
        self.position = Signal(bits_for_index(size))
        self.wrap = Signal()

        # # #

        first = Signal(bits_for_index(size))
        last = Signal(bits_for_index(size))
        self.comb += self.wrap.eq(self.position == last)
        self.sync += [
            If(
                self.bounds.load,
                first.eq(self.bounds.first),
                last.eq(self.bounds.last),
                self.position.eq(self.bounds.first),
            ).Elif(self.advance, self.position.eq(around(self.position, last, first)))
        ]
