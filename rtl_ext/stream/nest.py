"""Loops inside loops, as counters."""

from __future__ import annotations

from functools import reduce
from operator import or_

from migen import Cat, If, Module, Mux, Replicate, Signal

from compiler_intrinsics.stream.commands import COUNT_BITS


class Nest(Module):
    """Counts through nested loops, a turn of the innermost one per cycle.

        counts ─> | counters, a turn ahead ─> | ends, moves

    What is said of a turn comes from registers, so that who reacts to it has time to. A counter
    goes from the number of turns less two down to -1, so that its sign says that the turn is the
    last one: nothing is compared, and the choice in front of the adder is of two with one carry.

    Parameters:
        levels: number of loops; level 0 is the innermost.

    Ports, with L = levels:
        counts   L x 16  in   turns of each loop; they stay while it counts
        zero     1       out  one of them is 0: the nest must not be used
        load     1       in   start; all below is 0 in the next cycle, and of the first turn in the
                              one behind that
        advance  1       in   the next turn of the innermost loop, from then on
        ends     L x 1   out  the loop and all inside are in their last turn: the next one ends it
        moves    L x 1   out  the loop that goes on to its next turn; none at the very end
    """

    def __init__(self, levels: int):
        self.counts = [Signal(COUNT_BITS, name=f"count{k}") for k in range(levels)]
        self.zero = Signal()
        self.load = Signal()
        self.advance = Signal()
        self.ends = [Signal(name=f"ends{k}") for k in range(levels)]
        self.moves = [Signal(name=f"moves{k}") for k in range(levels)]

        # # #

        self.comb += self.zero.eq(reduce(or_, [count == 0 for count in self.counts]))
        loaded = Signal()
        step = self.advance | loaded
        self.sync += loaded.eq(self.load)
        inside = 1
        for level in range(levels):
            last = self._count(level, step & inside)
            ends = inside & last
            self.sync += [
                If(step, self.ends[level].eq(ends), self.moves[level].eq(inside & ~last)),
                If(self.load, self.ends[level].eq(0), self.moves[level].eq(0)),
            ]
            inside = ends

    def _count(self, level: int, turn) -> Signal:
        """The counter of one loop, whose last turn is returned; `turn`: all inside it end."""
        remaining = Signal(COUNT_BITS + 1, reset_less=True, name=f"remaining{level}")
        last, begins = remaining[-1], Signal(name=f"begins{level}")
        less = Cat(~begins, Replicate(1, COUNT_BITS))  # -2 or -1
        self.comb += begins.eq(self.load | last)
        self.sync += If(
            self.load | turn, remaining.eq(Mux(begins, self.counts[level], remaining) + less)
        )
        return last
