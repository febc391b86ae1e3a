"""Goes through the words of a moving command, on one of its two sides."""

from __future__ import annotations

from migen import If, Module, Signal

from compiler_intrinsics.stream.commands import COUNT_BITS

from .nest import Nest
from .walk import Walk

LEVELS = 3
"""Words of a row, rows of a plane, planes."""


class NestWalker(Module):
    """The place of each word, planes outermost.

        counts ─> Nest ─ moves ─> Walk ─> place

    A word per cycle, from the second cycle behind `load` on.

    Parameters:
        width: of a place.

    Ports, with w = width:
        counts   3 x 16  in   words of a row, rows, planes
        zero     1       out  one of them is 0
        single   1       in   there is one word, whatever the counts say
        first    w       in   the first place
        strides  3 x w   in   from word to word, row to row, plane to plane
        prepare  1       in   a cycle before `load`; counts are there
        load     1       in   start
        used     1       in   with it: there are words at all
        advance  1       in   go on to the next word
        place    w       out  where the word lies; with `more`
        row_end  1       out  it is the last one of its row; with `more`
        more     1       out  there is a word
    """

    def __init__(self, width: int):
        self.counts = [Signal(COUNT_BITS, name=f"count{k}") for k in range(LEVELS)]
        self.zero = Signal()
        self.single = Signal()
        self.prepare = Signal()
        self.load = Signal()
        self.used = Signal()
        self.advance = Signal()
        self.more = Signal()
        self.row_end = Signal()

        # # #

        self.submodules.nest = nest = Nest(LEVELS)
        # Where memories end is looked at elsewhere, so the walk's own mark goes unused.
        self.submodules.walk = walk = Walk(width, LEVELS, 1 << (width - 1))
        self.first, self.strides, self.place = walk.first, walk.strides, walk.place
        self.comb += [
            *(inner.eq(count) for inner, count in zip(nest.counts, self.counts, strict=True)),
            *(inner.eq(move) for inner, move in zip(walk.moves, nest.moves, strict=True)),
            self.zero.eq(nest.zero),
            nest.load.eq(self.prepare),
            walk.load.eq(self.load),
            nest.advance.eq(self.advance),
            walk.advance.eq(self.advance),
            self.row_end.eq(nest.ends[0]),
        ]
        self.sync += If(self.load, self.more.eq(self.used)).Elif(
            self.advance & (self.single | nest.ends[-1]), self.more.eq(0)
        )
