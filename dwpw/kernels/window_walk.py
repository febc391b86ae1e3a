"""How `simd/depthwise_window` walks over an operator.

Along the walk a window's taps form segments.  One with history holds up to three taps that are as
far apart as outputs are: it is passed one word, and the unit remembers those of the two outputs
before.  With stride 2, a window of five taps has a segment of its even and one of its odd taps.
Where the unit has too few rows of history, taps are segments of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, HISTORY_WORDS, Geometry
from dwpw.image.limits import (
    BLOCK_GROUPS,
    COLUMN_GROUPS,
    D_CACHE_LINE,
    DEPTHWISE_BLOCK_GROUPS,
    PIXELS_UNDER_WAY,
    WINDOW_ROWS_LINES,
    WINDOW_ROWS_SEGMENTS,
)
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.simd_constants import CACHE_LINES, WINDOW_AT_ONCE
from dwpw.kernels.window_rows import Rows, strip_and_cost
from dwpw.rounding import ceil_div, round_up

MET = HISTORY_WORDS + 1
"""Taps of a segment with history, at the most."""

TILE_LINES = CACHE_LINES * 15 // 16
"""Of the D$ that a walk fills: the rest is for constants and the stack."""

MOST_SCRATCH = 1 << 18
"""Bytes of a tile where a smaller one is possible."""

MOST_WORDS, MOST_IN_LINE = 42, 16
"""Of all groups that pass together: what a loop has text for, and with windows of one line, whose
words pass in pairs of segments, what fits into registers."""

LOOPS = (
    *((8, 1, 1), (4, 1, 1), (8, 1, 2), (4, 1, 2), (4, 1, 3), (4, 1, 4), (2, 1, 5)),
    *((4, 3, 1), (4, 3, 2), (2, 4, 4), (4, 5, 2), (2, 7, 3)),
)
"""Groups at once, lines and segments with history of the windows that the kernel has loops for."""

NO_LOOP_COST = 1.5
"""What other windows take, about, of the cycles that one with a loop would."""

WORD_COST, SEGMENT_COST, OUTPUT_COST = 2, 4, 12
"""Cycles of a word of one group, and of a segment and an output of those that pass together, about:
how walks are compared."""

ENTRY_COST, COPIED_COST = 15, 8
"""Cycles of a store entry, and of a word of a tile that is copied, about."""


@dataclass(frozen=True)
class Axis:
    """One axis of the operator: pixels of the input, outputs, taps."""

    size: int
    outputs: int
    taps: int
    stride: int
    dilation: int
    pad: int

    def seen_by(self, outputs: int) -> int:
        """Pixels that `outputs` outputs in a row see."""
        return (outputs - 1) * self.stride + (self.taps - 1) * self.dilation + 1


def _axes(op: LoweredOperator) -> tuple[Axis, Axis]:
    """Axis y, axis x."""
    y, x = map(_without_gaps, _axes_as_they_are(op))
    return y, x


def _axes_as_they_are(op: LoweredOperator) -> Iterator[Axis]:
    for axis in range(2):
        yield Axis(
            op.input_shape[axis],
            op.output_shape[axis],
            op.kernel[axis],
            op.stride[axis],
            op.dilation[axis],
            op.pad[axis],
        )


def _without_gaps(axis: Axis) -> Axis:
    """A window of one tap sees every `stride`-th pixel, and no other."""
    return replace(axis, size=axis.outputs, stride=1) if axis.taps == 1 else axis


@dataclass(frozen=True)
class Walk:
    """How the kernel walks over an operator.

    down: along columns.  along, across: the axes of the operator.
    history: segments of several taps; taps: those of one.  Taps of the window in rising order, in
        the order in which segments pass.
    strip, band: outputs of a tile, along and across.
    pitch: lines of the D$ between columns of a tile; 0: there is no tile, the walk goes over the
        input itself.
    padding: bytes of it that such a walk needs.
    at_once: groups of four channels that pass together.
    beyond: cycles of a row of outputs and of a group beyond those of their words, about, where the
        walk goes over rows of the input.
    """

    down: bool
    along: Axis
    across: Axis
    history: tuple[tuple[int, ...], ...]
    taps: tuple[tuple[int, ...], ...]
    strip: int
    band: int
    pitch: int
    at_once: int
    padding: int = 0
    beyond: float = 0

    @property
    def segments(self) -> tuple[tuple[int, ...], ...]:
        return self.history + self.taps

    @property
    def group_entries(self) -> int:
        """Store entries of a group of four channels, and words that an output passes."""
        return len(self.segments) * self.across.taps

    @property
    def over_rows(self) -> bool:
        """The walk goes over rows of the input itself, with windows of several lines."""
        return self.pitch == 0 and self.across.taps > 1

    def block_groups(self, geometry: Geometry) -> int:
        """Groups of four channels that lie in the unit, and in a tile if there is one."""
        most = DEPTHWISE_BLOCK_GROUPS if self.over_rows else BLOCK_GROUPS
        return min(most, geometry.param_groups, geometry.store_entries // self.group_entries)

    @property
    def has_loop(self) -> bool:
        """The kernel has a loop for the window."""
        shape = self.at_once, self.across.taps, len(self.history)
        return not self.taps and shape in LOOPS

    @property
    def strips(self) -> list[int]:
        """Outputs of each walk along the operator."""
        return list(_pieces(self.along.outputs, self.strip))

    @property
    def bands(self) -> list[int]:
        """Lines of outputs of each tile."""
        return list(_pieces(self.across.outputs, self.band))

    @property
    def scratch_bytes(self) -> int:
        """A tile, or padding."""
        if self.pitch == 0:
            return self.padding
        return self.along.seen_by(self.strip) * self.pitch * D_CACHE_LINE

    @property
    def cost(self) -> float:
        """Cycles of the outputs of a group, about."""
        outputs = self.along.outputs + HISTORY_WORDS * len(self.strips) * bool(self.history)
        shared = OUTPUT_COST + SEGMENT_COST * len(self.segments)
        each = WORD_COST * self.group_entries + shared / self.at_once
        tile = (
            COPIED_COST
            * sum(map(self.along.seen_by, self.strips))
            * sum(map(self.across.seen_by, self.bands))
        )
        filled = ENTRY_COST * self.group_entries + (tile if self.pitch else 0)
        without_loop = 1 if self.has_loop else NO_LOOP_COST
        row = without_loop * outputs * each + self.beyond
        return filled + row * self.across.outputs


def _pieces(whole: int, piece: int) -> Iterator[int]:
    for first in range(0, whole, piece):
        yield min(piece, whole - first)


def _segments(axis: Axis, rows: int) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Segments with history, at most `rows`, and the taps that are left, one by one."""
    chains = [
        tuple(range(first, axis.taps, axis.stride))[at : at + MET]
        for first in range(min(axis.stride, axis.taps))
        for at in range(0, len(range(first, axis.taps, axis.stride)), MET)
    ]
    longest_first = sorted(chains, key=len, reverse=True) if axis.dilation == 1 else []
    enough = rows >= len(chains)
    history = [chain for chain in longest_first[:rows] if enough or len(chain) > 1]
    met = {tap for chain in history for tap in chain}
    if (axis.outputs + HISTORY_WORDS) * len(history) > axis.outputs * len(met):
        history, met = [], set()  # it would be filled for more words than it spares
    return history, [(tap,) for tap in range(axis.taps) if tap not in met]


def _strip(along: Axis, lines: int) -> int:
    """Outputs whose columns of `lines` lines fit into the D$, equally many in each strip."""
    columns = TILE_LINES // lines
    fitting = (columns - along.seen_by(1)) // along.stride + 1
    most = min(along.outputs, max(fitting, 2 * MET))
    return ceil_div(along.outputs, ceil_div(along.outputs, most))


def _pitch(high: int, columns: int, lines: int) -> int:
    """Lines of the D$ from column to column: at least `high`, so that `lines` of each of `columns`
    columns lie side by side in the D$ if that can be."""
    if columns * lines > CACHE_LINES:
        return high
    for pitch in range(high, high + CACHE_LINES):
        places = sorted(column * pitch % CACHE_LINES for column in range(columns))
        gaps = (after - before for before, after in zip(places, places[1:], strict=False))
        if all(gap >= lines for gap in (*gaps, places[0] + CACHE_LINES - places[-1])):
            return pitch
    return high


def _pads(along: Axis) -> bool:
    """Windows reach beyond the input."""
    return along.pad != 0 or along.seen_by(along.outputs) > along.size


def _lies_in_input(op: LoweredOperator, walk: Walk) -> bool:
    """Windows of one line lie in the input as in a tile; the loops of those that need padding find
    it."""
    words = op.depth_multiplier == 1 and op.input_shape[2] % GROUPS == 0
    return words and walk.across.taps == 1 and (walk.has_loop or not _pads(walk.along))


def _walk(geometry: Geometry, op: LoweredOperator, down: bool, along: Axis, across: Axis) -> Walk:
    history, taps = _segments(along, geometry.rows // across.taps)
    groups = ceil_div(op.output_shape[2], GROUPS)
    whole = Walk(
        down=down,
        along=along,
        across=across,
        history=tuple(history),
        taps=tuple(taps),
        strip=along.outputs,
        band=across.outputs,
        pitch=0,
        at_once=_at_once(geometry, len(history) + len(taps), across.taps, bool(taps), groups),
    )
    if _lies_in_input(op, whole):
        return replace(whole, padding=D_CACHE_LINE if _pads(along) else 0)
    walks = [_in_tiles(whole), *_over_rows(geometry, op, whole)]
    return min(walks, key=lambda walk: walk.cost)


def _over_rows(geometry: Geometry, op: LoweredOperator, whole: Walk) -> Iterator[Walk]:
    """The same over the rows of the input itself, where the kernel has a loop for it."""
    shape = whole.at_once, whole.across.taps, len(whole.history)
    has_loop = shape == (COLUMN_GROUPS, WINDOW_ROWS_LINES, WINDOW_ROWS_SEGMENTS)
    words = op.depth_multiplier == 1 and op.input_shape[2] % GROUPS == 0
    if whole.down or whole.taps or not words or not has_loop:
        return
    _, width, channels = op.input_shape
    rows = Rows(
        width=width,
        channels=channels,
        outputs=whole.along.outputs,
        stride=whole.along.stride,
        dilation=whole.across.dilation,
        newest=tuple(segment[-1] for segment in whole.history),
        groups=min(whole.block_groups(geometry), channels // GROUPS),
    )
    strip, beyond = strip_and_cost(rows)
    padding = max(width * channels, D_CACHE_LINE)
    yield replace(whole, strip=strip, padding=padding, beyond=beyond / rows.groups)


def _in_tiles(whole: Walk) -> Walk:
    """The same over tiles, the columns of which lie in the D$ side by side."""
    along, across = whole.along, whole.across
    strip = _strip(along, across.taps)
    columns = along.seen_by(strip)
    band = across.outputs
    while band > 1 and columns * across.seen_by(band) * D_CACHE_LINE > MOST_SCRATCH:
        band = ceil_div(band, 2)
    high = round_up(across.seen_by(band), across.dilation)
    return replace(whole, strip=strip, band=band, pitch=_pitch(high, columns, across.taps))


def _at_once(geometry: Geometry, segments: int, lines: int, taps: bool, groups: int) -> int:
    """Groups, of `groups`, that pass together when one passes so many segments of so many words."""
    words = segments * lines
    most = min(
        geometry.rows // words,
        geometry.results // PIXELS_UNDER_WAY,
        geometry.param_groups,
        geometry.store_entries // words,
        MOST_IN_LINE // words if lines == 1 else MOST_WORDS // words,
        BLOCK_GROUPS if lines == 1 and groups >= BLOCK_GROUPS else COLUMN_GROUPS,
    )
    most = 1 if taps else max(1, most)
    return next(groups for groups in WINDOW_AT_ONCE if groups <= most)


def walk_of(geometry: Geometry, op: LoweredOperator) -> Walk:
    """The cheaper of both walks."""
    y, x = _axes(op)
    walks = _walk(geometry, op, False, x, y), _walk(geometry, op, True, y, x)
    fitting = [walk for walk in walks if walk.group_entries <= geometry.store_entries]
    return min(fitting or walks, key=lambda walk: walk.cost)


def seen_taps(op: LoweredOperator) -> LoweredOperator:
    """The operator without the outer taps of its window that never meet the input: on small maps,
    those of a large one."""
    rows, columns = (_seen(axis) for axis in _axes_as_they_are(op))
    return replace(
        op,
        kernel=(len(rows), len(columns)),
        pad=tuple(
            pad - taps.start * apart
            for pad, taps, apart in zip(op.pad, (rows, columns), op.dilation, strict=True)
        ),
        weights=op.weights[rows.start : rows.stop, columns.start : columns.stop],
    )


def _seen(axis: Axis) -> range:
    """Taps from the first to the last that meet the input, and as many more as it takes that every
    window still has one at the input or beyond it, as kernels want: with a padding of 0 at least.
    """
    places = np.arange(axis.outputs)[:, np.newaxis] * axis.stride - axis.pad
    meets = places + np.arange(axis.taps) * axis.dilation
    (meeting,) = ((meets >= 0) & (meets < axis.size)).any(axis=0).nonzero()
    if len(meeting) == 0:
        return range(axis.taps)
    behind = (axis.size - 1 - int(places[-1, 0])) // axis.dilation
    start = min(int(meeting[0]), axis.pad // axis.dilation, behind)
    stop = max(int(meeting[-1]), ceil_div(axis.pad, axis.dilation)) + 1
    return range(start, min(stop, axis.taps))
