"""Addresses that follow nested loops."""

from __future__ import annotations

from functools import reduce
from operator import or_

from migen import If, Module, Mux, Signal


class Walk(Module):
    """The address of each turn of nested loops, as a running sum.

        starts[moving loop] ─────────> + ──> | place, starts of the loops inside it
        strides[moving loop], first ─┘

    A loop that goes on does so from where it began its turn before, and all inside it begin there.

    Parameters:
        width: of addresses, which are taken modulo 2**width.
        levels: number of loops; level 0 is the innermost.
        size: places of the memory that is walked through, a power of two.

    Ports, with L = levels, w = width:
        first    w      in   of the very first turn
        strides  L x w  in   from turn to turn of each loop
        load     1      in   go to `first`; no loop goes on
        moves    L x 1  in   the loop that goes on; at most one
        advance  1      in   go on
        place    w      out  the address
        outside  1      out  it lies behind the end of the memory
    """

    def __init__(self, width: int, levels: int, size: int):
        self.first = Signal(width)
        self.strides = [Signal(width, name=f"stride{k}") for k in range(levels)]
        self.load = Signal()
        self.moves = [Signal(name=f"moves{k}") for k in range(levels)]
        self.advance = Signal()
        self.place = Signal(width, reset_less=True)
        self.outside = Signal()

        # # #

        starts = [
            self.place,
            *(Signal(width, reset_less=True, name=f"start{k}") for k in range(1, levels)),
        ]
        begin, stride, place = Signal(width), Signal(width), Signal(width)
        self.comb += [
            begin.eq(chosen(zip(self.moves, starts, strict=True))),
            # The first place is a stride from 0, so that both sides of the sum are as simple.
            stride.eq(
                chosen([(self.load, self.first), *zip(self.moves, self.strides, strict=True)])
            ),
            place.eq(begin + stride),
        ]
        for level, start in enumerate(starts):
            moved = reduce(or_, self.moves[level:])
            self.sync += If(self.load | (self.advance & moved), start.eq(place))
        beyond = place[size.bit_length() - 1 :]
        self.sync += If(self.load | self.advance, self.outside.eq(beyond != 0))


def chosen(choices):
    """The value whose condition holds, 0 if there is none; one holds at most."""
    return reduce(or_, [Mux(condition, value, 0) for condition, value in choices])
