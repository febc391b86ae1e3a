"""Strips of outputs in which `simd/depthwise_window` walks over rows of the input itself.

It does so with windows of five lines and two segments with history (`dwpw.image.limits`).  A tile
is not copied then; in exchange lines of the input may meet in one place of the D$.  That depends on
the shape, so the D$ is followed for some rows of outputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from compiler_intrinsics.simd.geometry import GROUPS, HISTORY_WORDS
from dwpw.image.limits import COLUMN_GROUPS, D_CACHE_LINE, WINDOW_ROWS_LINES
from dwpw.kernels.simd_constants import CACHE_LINES
from dwpw.rounding import ceil_div

LOOPS = (COLUMN_GROUPS, 2, 1)
"""Groups that pass together in it."""

MISS_COST = 25
"""Cycles of a refill of lines that do not follow each other, and of what it flushes."""

STRIP_COST = 250
"""Cycles of a row of a strip for groups that pass together, before its first output."""

ROWS_TRIED, FIRST_COUNTED = 6, 3
"""Rows of outputs that are followed, and those that only fill the D$."""

SHORTEST = 4
"""Outputs of a strip."""


@dataclass(frozen=True)
class Rows:
    """A layer as the walk reads it.

    width, channels: of the input.  outputs: of a row.  newest: of each segment, the tap whose word
    passes.  groups: of four channels that lie in the unit.
    """

    width: int
    channels: int
    outputs: int
    stride: int
    dilation: int
    newest: tuple[int, ...]
    groups: int


def passes(groups: int) -> Iterator[tuple[int, int]]:
    """First group and number of the groups that pass together."""
    first = 0
    while first < groups:
        count = next(count for count in LOOPS if count <= groups - first)
        yield first, count
        first += count


def _read(rows: Rows, first: int, outputs: int, y: int) -> Iterator[int]:
    """Lines of the D$, one after the other, that row `y` of a strip reads."""
    pitch = rows.width * rows.channels
    starts = [(y * rows.stride + line * rows.dilation) * pitch for line in range(WINDOW_ROWS_LINES)]
    for group, count in passes(rows.groups):
        for x in range(first - HISTORY_WORDS, first + outputs):
            places = [
                start + (x * rows.stride + tap) * rows.channels
                for tap in rows.newest
                if 0 <= x * rows.stride + tap < rows.width
                for start in starts
            ]
            for channel in range(group, group + count):
                yield from ((place + channel * GROUPS) // D_CACHE_LINE for place in places)


def _refills(rows: Rows, first: int, outputs: int) -> float:
    """Of the D$, for a row of a strip."""
    held = [-1] * CACHE_LINES
    missed = 0
    for y in range(ROWS_TRIED):
        for line in _read(rows, first, outputs, y):
            place = line % CACHE_LINES
            missed += y >= FIRST_COUNTED and held[place] != line
            held[place] = line
    return missed / (ROWS_TRIED - FIRST_COUNTED)


@lru_cache(maxsize=256)
def strip_and_cost(rows: Rows) -> tuple[int, float]:
    """Outputs of a strip, and cycles that all strips of a row take beyond those of their words."""
    count = len(list(passes(rows.groups)))

    def cost(strip: int) -> float:
        firsts = range(0, rows.outputs, strip)
        refills = sum(_refills(rows, at, min(strip, rows.outputs - at)) for at in firsts)
        return MISS_COST * refills + STRIP_COST * count * len(firsts)

    divisions = range(1, max(1, rows.outputs // SHORTEST) + 1)
    strips = dict.fromkeys(ceil_div(rows.outputs, number) for number in divisions)
    costs = {strip: cost(strip) for strip in strips}
    return min(costs.items(), key=lambda one: one[1])
