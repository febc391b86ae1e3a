"""Loops inside loops, as counters."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from migen import If, Module, Signal

from compiler_intrinsics.stream.commands import COUNT_BITS


class Nest(Module):
    """Counts through nested loops, a turn of the innermost one per cycle.

    Whether a loop is in its last turn is known from a register, so that who reacts to the end of
    several loops at once has time to.

    Parameters:
        levels: number of loops; level 0 is the innermost.

    Ports, with L = levels:
        counts   L x 16  in   turns of each loop; they stay while it counts
        zero     1       out  one of them is 0: the nest must not be used
        load     1       in   start; `counts` have been there for a cycle
        advance  1       in   the next turn of the innermost loop
        last     L x 1   out  the loop is in its last turn
        ends     L x 1   out  it and all inside are: their next turn ends the loop
        moves    L x 1   out  the loop that goes on to its next turn; none at the very end
    """

    def __init__(self, levels: int):
        self.counts = [Signal(COUNT_BITS, name=f"count{k}") for k in range(levels)]
        self.zero = Signal()
        self.load = Signal()
        self.advance = Signal()
        self.last = [Signal(name=f"last{k}") for k in range(levels)]
        self.ends = [Signal(name=f"ends{k}") for k in range(levels)]
        self.moves = [Signal(name=f"moves{k}") for k in range(levels)]

        # # #

        self.comb += self.zero.eq(reduce(or_, [count == 0 for count in self.counts]))
        for level in range(levels):
            inside = reduce(and_, self.last[:level], 1)
            self.comb += [
                self.ends[level].eq(inside & self.last[level]),
                self.moves[level].eq(inside & ~self.last[level]),
            ]
            self._count(level, self.load, self.advance & inside)

    def _count(self, level: int, load: Signal, turn) -> None:
        """The counter of one loop; `turn`: all inside it end."""
        count, last = self.counts[level], self.last[level]
        remaining = Signal(COUNT_BITS, reset_less=True, name=f"remaining{level}")
        single = Signal(reset_less=True, name=f"single{level}")
        self.sync += [
            single.eq(count == 1),
            If(
                load | (turn & last),
                remaining.eq(count),
                last.eq(single),
            ).Elif(
                turn,
                remaining.eq(remaining - 1),
                last.eq(remaining == 2),
            ),
        ]
