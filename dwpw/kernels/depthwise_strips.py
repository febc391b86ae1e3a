"""Strips of rows of outputs, in which `simd/depthwise_3x3` walks so that it finds lines in the D$.

The D$ is direct mapped.  The lines of a short strip are still there when the next channels of the
block are computed, and the next row; but every strip begins with columns that make no output, with
some set-up, and with weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from compiler_intrinsics.simd.geometry import GROUPS
from dwpw.image.limits import D_CACHE_LINE, DEPTHWISE_ROWS
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.simd_constants import CACHE_LINES
from dwpw.rounding import ceil_div

MISS_COST = 28
"""Cycles of a refill from SDRAM, and of what it flushes from the pipeline."""

GROUP_COST, COLUMN_COST, STRIP_COST = 7, 6, 100
"""Cycles of a column: of each group that passes, and of all that pass together; and of a row of a
strip before its first column."""

WORTH_IT = 0.8
"""Of the cycles of whole rows: what strips must promise, since the estimate is rough."""

ROWS_TRIED, FIRST_COUNTED = 8, 4
"""Rows of outputs whose lines are looked at, and those that only fill the D$."""

SHORTEST = 3
"""Outputs of a strip."""

Shape = tuple[int, int, int]


def _columns(outputs: int, stride: int) -> int:
    return (outputs - 1) * stride + DEPTHWISE_ROWS


def _misses(shape: Shape, stride: int, outputs: int, passes: int, piece: int) -> float:
    """D$ refills of a row of a strip, when `passes` times `piece` bytes of each pixel are read."""
    _, width, channels = shape
    held = [-1] * CACHE_LINES
    missed = 0
    for row in range(ROWS_TRIED * DEPTHWISE_ROWS * passes):
        # Row of outputs, piece of its pixels, row of the input.
        of_outputs, rest = divmod(row, DEPTHWISE_ROWS * passes)
        at, below = divmod(rest, DEPTHWISE_ROWS)
        start = (of_outputs * stride + below) * width * channels + at * piece
        for column in range(_columns(outputs, stride)):
            place = start + column * channels
            for line in range(place // D_CACHE_LINE, (place + piece - 1) // D_CACHE_LINE + 1):
                missed += held[line % CACHE_LINES] != line and of_outputs >= FIRST_COUNTED
                held[line % CACHE_LINES] = line
    return missed / (ROWS_TRIED - FIRST_COUNTED)


def _cost(shape: Shape, stride: int, strips: tuple[int, ...], groups: int, at_once: int) -> float:
    """Cycles of a row of a block, about."""
    passes = ceil_div(groups, at_once)
    column = groups * GROUP_COST + passes * COLUMN_COST
    cycles = 0.0
    for outputs in set(strips):
        walked = _columns(outputs, stride) * column + passes * STRIP_COST
        missed = _misses(shape, stride, outputs, passes, min(groups, at_once) * GROUPS)
        cycles += strips.count(outputs) * (walked + MISS_COST * missed)
    return cycles


def _divided(outputs: int) -> Iterator[tuple[int, ...]]:
    """Strips of a row: all in one, two halves, ..."""
    shortest = min(SHORTEST, outputs)
    lengths = (ceil_div(outputs, count) for count in range(1, outputs // shortest + 1))
    for strip in dict.fromkeys(lengths):
        yield tuple(min(strip, outputs - first) for first in range(0, outputs, strip))


@lru_cache(maxsize=256)
def _best(shape: Shape, outputs: int, stride: int, groups: int, at_once: int) -> tuple[int, ...]:
    costs = {strips: _cost(shape, stride, strips, groups, at_once) for strips in _divided(outputs)}
    best, whole = min(costs, key=costs.__getitem__), (outputs,)
    return best if costs[best] < WORTH_IT * costs[whole] else whole


def strips_of(op: LoweredOperator, groups: int, at_once: int) -> tuple[int, ...]:
    """Outputs of each strip, for blocks of `groups` groups, of which `at_once` pass together."""
    groups = min(groups, op.input_shape[2] // GROUPS)
    return _best(op.input_shape, op.output_shape[1], op.stride[1], groups, at_once)
