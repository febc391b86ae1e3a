"""The work of `simd/depthwise_window`, counted as its walks divide it."""

from __future__ import annotations

from compiler_intrinsics.simd.geometry import GROUPS, HISTORY_WORDS, Geometry
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import SimdDepthwiseWindowParam as Param
from dwpw.kernels.window_rows import passes
from dwpw.kernels.window_walk import MOST_IN_LINE, Axis, Walk, seen_taps, walk_of
from dwpw.kernels.work import Work
from dwpw.kernels.work_simd import ONE, OUTPUT, fill, passed, stored, tiles
from dwpw.rounding import ceil_div


def depthwise_window(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every tile is copied, and every walk over it, or over the input, passes its words."""
    walk, channels = walk_of(geometry, op), op.output_shape[2]
    lines, strips = walk.across.taps, len(walk.strips)
    segment = passed(lines, lines)
    if lines == 1:
        window = passed(len(walk.history), len(walk.history))
        window += passed(len(walk.taps), len(walk.taps))
    elif walk.over_rows:
        window = passed(walk.group_entries, walk.group_entries)
    else:
        window = segment * len(walk.segments)
    group = window * walk.along.outputs * walk.across.outputs
    # set_params, then set_weights before and behind what is remembered
    together = ONE * ((2 + HISTORY_WORDS) * strips * walk.across.outputs)
    work = OUTPUT + _copied(walk, op)
    work += stored(channels, channels % GROUPS == 0) * (walk.along.outputs * walk.across.outputs)
    for tile in tiles(ceil_div(channels, GROUPS), constants.param[Param.BLOCK_GROUPS]):
        work += fill(walk.group_entries * tile, tile) + group * tile
        for groups in _window_passes(walk, tile):
            work += together + _remembered(walk, channels, groups) * strips
    return work


def _window_passes(walk: Walk, groups: int) -> list[int]:
    """Groups that pass together."""
    if walk.over_rows:
        return [count for _, count in passes(groups)]
    return [walk.at_once] * (groups // walk.at_once) + [1] * (groups % walk.at_once)


def _remembered(walk: Walk, channels: int, groups: int) -> Work:
    """What `groups` groups are fed before the outputs of every line; few words pass in pairs."""
    segments, lines = groups * len(walk.history), walk.across.taps
    if walk.over_rows:
        of_group = passed(walk.group_entries, walk.group_entries)
        return of_group * (groups * HISTORY_WORDS * walk.across.outputs)
    paired = walk.has_loop and channels % GROUPS == 0 and segments * lines <= MOST_IN_LINE
    fed = passed(segments * lines, segments * lines) if paired else passed(lines, lines) * segments
    return fed * (HISTORY_WORDS * walk.across.outputs)


def depthwise_window_seen(
    geometry: Geometry, op: LoweredOperator, constants: PackedConstants
) -> Work:
    """The same without the taps that never meet the input."""
    return depthwise_window(geometry, seen_taps(op), constants)


def _copied(walk: Walk, op: LoweredOperator) -> Work:
    """Tiles of the input, as words of the output's channels."""
    if walk.pitch == 0:
        return Work()
    words = ceil_div(op.output_shape[2], GROUPS)
    if op.depth_multiplier % GROUPS == 0 or op.input_shape[2] == GROUPS * words:
        loads = words
    else:
        loads = op.output_shape[2]
    pixels = _seen(walk.along, walk.strips), _seen(walk.across, walk.bands)
    inside = pixels[0][0] * pixels[1][0]
    return Work.issued(loads=loads * inside, stores=words * pixels[0][1] * pixels[1][1])


def _seen(axis: Axis, pieces: list[int]) -> tuple[int, int]:
    """Pixels of the tiles along an axis: those inside the input, and all."""
    inside = everything = first = 0
    for piece in pieces:
        start = first * axis.stride - axis.pad
        count = axis.seen_by(piece)
        inside += max(0, min(start + count, axis.size) - max(start, 0))
        everything += count
        first += piece
    return inside, everything
