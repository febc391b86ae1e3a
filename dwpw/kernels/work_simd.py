"""The work of the kernels of set `simd`, counted as `firmware/kernels/simd/*.c` divide it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler_intrinsics.simd.geometry import GROUPS, TABLE_WORDS, TAPS, Geometry
from dwpw.image.limits import (
    DEPTHWISE_ROWS,
    PIXELS_UNDER_WAY,
    SUM_WEIGHT_BYTES,
)
from dwpw.kernels.pack_simd_wide import DIGIT_ENTRIES, DIGITS
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import (
    SimdConvPatchesParam,
    SimdConvPointwiseParam,
    SimdConvRowsParam,
    SimdConvWideParam,
    SimdDepthwise3x3Param,
)
from dwpw.kernels.simd_constants import DEPTHWISE_AT_ONCE
from dwpw.kernels.work import Resource, Work
from dwpw.rounding import ceil_div, round_up

RESULT_CYCLES = GROUPS
"""The requantiser takes the accumulators of a result one by one."""

RESOURCES = (
    Resource("array", "a word that meets a store entry, or is only remembered for later ones"),
    Resource("requantiser", f"a channel of a result, {RESULT_CYCLES} to a packed word"),
)
"""What the unit keeps busy."""

SCALES = Work.issued(loads=2 * GROUPS + 1, port=2 * GROUPS)
"""Biases, multipliers and the shifts of four channels: ld_bias, ld_scale."""
ENTRY = Work.issued(loads=4, port=2)
"""A store entry: ld_weights for each half."""
ONE = Work.issued(port=1)
"""Any instruction that sets something up, and `rep`."""
OUTPUT = ONE * 2
"""set_zero_point and set_output."""


def tiles(channels: int, tile: int) -> Iterator[int]:
    """Output channels of each tile."""
    for first in range(0, channels, tile):
        yield min(tile, channels - first)


def fill(entries: int, groups: int) -> Work:
    """Weights and scales of a tile, behind a seek."""
    return ONE + ENTRY * entries + SCALES * groups


def multiplied(words: int) -> Work:
    """Words in the array."""
    return Work.needs(array=words)


def passed(words: int, loads: int) -> Work:
    """`words` words into the extension in pairs, `loads` of them from memory."""
    return Work.issued(loads=loads, port=ceil_div(words, 2)) + multiplied(words)


def replayed(words: int, results: int) -> Work:
    """`rep` for all results but the first."""
    return ONE + multiplied(words * (results - 1)) if results > 1 else Work()


def stored(channels: int, aligned: bool) -> Work:
    """Results of a pixel: pop, and words or bytes."""
    results = ceil_div(channels, GROUPS)
    read = Work.issued(port=results, stores=results if aligned else channels)
    return read + Work.needs(requantiser=RESULT_CYCLES * results)


def pointwise(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every pixel passes once per tile, or once per result where `rep` cannot replay it."""
    height, width, channels = op.output_shape
    words = op.input_shape[2] // TAPS
    work = OUTPUT
    for tile in tiles(channels, constants.param[SimdConvPointwiseParam.TILE_CHANNELS]):
        results = ceil_div(tile, GROUPS)
        if words <= geometry.patch_words:
            pixel = passed(words, words) + replayed(words, results)
        else:
            pixel = passed(words, words) * results
        pixel += stored(tile, channels % GROUPS == 0)
        setup = fill(results * words, results) + ONE * 2  # set_weights, set_params
        work += setup + pixel * (height * width)
    return work


def conv_rows(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every patch passes in pairs of words; the kernel passes those at a border one by one."""
    tile_channels, row_words, phases = (constants.param[word] for word in SimdConvRowsParam)
    height, _, channels = op.output_shape
    row_bytes = round_up(op.input_shape[1] * op.input_shape[2], TAPS)
    words = op.kernel[0] * row_words
    loads = [op.kernel[0] * inside for inside in words_inside(op, row_words)]
    work = OUTPUT + Work.issued(stores=row_bytes // TAPS)  # the row of padding
    for tile in tiles(channels, tile_channels):
        results = ceil_div(tile, GROUPS)
        row = ONE  # set_weights
        for inside in loads:
            row += passed(words, inside) + ONE + multiplied(words * (results - 1))
            row += stored(tile, channels % GROUPS == 0)
        setup = fill(phases * words * results, results) + ONE  # set_params
        work += setup + row * height
    return work


def words_inside(op: LoweredOperator, row_words: int) -> list[int]:
    """For every output of a row, how many words of a patch's row lie in the input.

    The others are padding.  A row of the input is filled up to whole words, so no word lies half
    inside.
    """
    row_bytes = round_up(op.input_shape[1] * op.input_shape[2], TAPS)
    counts = []
    for column in range(op.output_shape[1]):
        start = (column * op.stride[1] - op.pad[1]) * op.input_shape[2] // TAPS * TAPS
        places = (start + TAPS * word for word in range(row_words))
        counts.append(sum(0 <= place < row_bytes for place in places))
    return counts


def conv_patches(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every window passes once per tile, line by line, or once per result where `rep` cannot replay
    it; copies with padding are not counted."""
    height, width, channels = op.output_shape
    line = op.kernel[1] * op.input_shape[2] // TAPS
    words = op.kernel[0] * line
    once = passed(line, line) * op.kernel[0]
    work = OUTPUT
    for tile in tiles(channels, constants.param[SimdConvPatchesParam.TILE_CHANNELS]):
        results = ceil_div(tile, GROUPS)
        if words <= geometry.patch_words:
            window = once + replayed(words, results)
        else:
            window = once * results
        window += stored(tile, channels % GROUPS == 0)
        setup = fill(results * words, results) + ONE * 2  # set_weights, set_params
        work += setup + window * (height * width)
    return work


def conv_wide(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every window passes once per four outputs, its pieces three times, their digits once; padding
    of the main part takes no loads.  Copies are not counted."""
    height, width, channels = op.output_shape
    taps, loaded = op.kernel[0] * op.kernel[1], _taps_loaded(op)
    words, piece_words, pieces = (
        constants.param[word]
        for word in (
            SimdConvWideParam.MAIN_WORDS,
            SimdConvWideParam.PIECE_WORDS,
            SimdConvWideParam.PIECES,
        )
    )
    digits = Work.issued(port=DIGITS, stores=DIGITS)
    piece = passed(taps * piece_words, taps * piece_words) + digits
    piece += replayed(taps * piece_words, DIGITS)
    piece += Work.needs(requantiser=RESULT_CYCLES * DIGITS)
    added = Work.issued(loads=DIGITS, port=DIGITS) + multiplied(DIGIT_ENTRIES)
    divided, between = min(pieces, 1), ONE * 2  # set_zero_point before the digits, and behind
    scales_of_digits = Work.issued(port=1 + 2 * GROUPS * DIGITS)
    work = scales_of_digits * divided
    for tile in tiles(channels, GROUPS):
        window = (piece + added) * pieces + passed(taps * words, 0) + between * divided
        window += stored(tile, channels % GROUPS == 0)
        setup = OUTPUT * (1 + divided) + ONE * 2 + ONE * divided + fill(taps * words, 1)
        setup += (fill(taps * piece_words, 0) + ONE + Work.issued(port=2 * DIGIT_ENTRIES)) * pieces
        work += setup + window * (height * width) + Work.issued(loads=loaded * words)
    return work


def _taps_loaded(op: LoweredOperator) -> int:
    """Taps of all windows that `conv_wide` loads: those inside the input; all of dilated lines."""
    inside = []
    for axis in range(2):
        starts = (out * op.stride[axis] - op.pad[axis] for out in range(op.output_shape[axis]))
        taps = range(op.kernel[axis])
        everywhere = op.dilation[0] != 1 or op.dilation[axis] != 1
        inside.append(
            sum(everywhere or 0 <= at + tap < op.input_shape[axis] for at in starts for tap in taps)
        )
    return inside[0] * inside[1]


def depthwise_3x3(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every column of a strip passes once per row of outputs."""
    block, at_once, strip = (constants.param[word] for word in SimdDepthwise3x3Param)
    height, width, channels = op.output_shape
    work = OUTPUT
    for first in range(0, width, strip):
        outputs = min(strip, width - first)
        for tile in tiles(channels // GROUPS, block):
            if first == 0 or tile != channels // GROUPS:
                work += fill(DEPTHWISE_ROWS * tile, tile)
            for groups in _depthwise_pieces(tile, at_once):
                work += _depthwise_row(op, first, outputs, groups) * height
    return work


def _depthwise_row(op: LoweredOperator, first: int, outputs: int, groups: int) -> Work:
    """A row of a strip that begins at output `first`, for `groups` groups that pass together."""
    size, stride, words = op.input_shape[1], op.stride[1], DEPTHWISE_ROWS * groups
    start = first * stride - op.pad[1]
    columns = DEPTHWISE_ROWS + (outputs - 1) * stride
    inside = max(0, min(start + columns, size) - max(start, 0))
    fused = min(outputs, (size - start - DEPTHWISE_ROWS) // stride + 1) - 1
    row = ONE * 2  # set_weights, set_params
    row += passed(words, words) * inside + passed(words, 0) * (columns - inside)
    row += stored(groups * GROUPS, aligned=True) * outputs
    return row + Work.issued(port=-(groups // 2 * 2)) * max(0, fused)  # dw2_last0_pop


def _depthwise_pieces(groups: int, most: int) -> Iterator[int]:
    """Groups that pass together: as many as the unit and registers hold, in pairs, one alone."""
    while groups:
        piece = next(size for size in DEPTHWISE_AT_ONCE if size <= min(most, groups))
        yield piece
        groups -= piece


def table(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every word passes once."""
    words = ceil_div(math.prod(op.output_shape), GROUPS)
    # seek, set_weights, set_params; one entry and its scales, which are not loaded.
    setup = OUTPUT + ONE * (3 + TABLE_WORDS) + Work.issued(loads=TABLE_WORDS, port=2 + 2 * GROUPS)
    return setup + (Work.issued(loads=1, port=1) + multiplied(1) + stored(GROUPS, True)) * words


def table_twice(
    geometry: Geometry,
    first: LoweredOperator,
    second: LoweredOperator,
    constants: PackedConstants,
    both: PackedConstants,
) -> Work:
    """Every word passes once for both."""
    return table(geometry, second, both)


def sums(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """A word of each input passes once for every byte of the weights."""
    words = ceil_div(math.prod(op.output_shape), GROUPS)
    passed = Work.issued(loads=2, port=SUM_WEIGHT_BYTES) + multiplied(2 * SUM_WEIGHT_BYTES)
    setup = fill(2 * SUM_WEIGHT_BYTES, 1) + OUTPUT + ONE * 2  # set_weights, set_params
    return setup + (passed + stored(GROUPS, aligned=True)) * words


def multiply_channels(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every word passes once; its weights are the second input."""
    height, width, channels = op.output_shape
    most = min(
        geometry.results // PIXELS_UNDER_WAY,
        geometry.param_groups,
        geometry.store_entries,
    )
    blocks = ceil_div(channels // GROUPS, most)
    factors = Work.issued(loads=1, port=2) * channels  # ld_bias, ld_scale
    entries = Work.issued(port=2) * (channels // GROUPS)
    word = Work.issued(loads=1, port=1) + multiplied(1) + stored(GROUPS, True)
    # set_zero_point once more; seek, set_weights, set_params
    setup = OUTPUT + ONE + ONE * 3 * blocks
    return setup + factors + entries + word * (height * width * channels // GROUPS)


def average(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """Every window passes once for each word of channels, line by line."""
    height, width, channels = op.output_shape
    lines, columns = constants.overrides["kernel_h"], constants.overrides["kernel_w"]
    window = passed(columns, columns) * lines + stored(GROUPS, aligned=True)
    setup = fill(1, 1) + OUTPUT + ONE * 2  # set_weights, set_params
    return setup + window * (height * width * channels // GROUPS)


def average_lines(geometry: Geometry, op: LoweredOperator, constants: PackedConstants) -> Work:
    """The CPU loads every word and adds it; each sum passes in two bytes and a word of zeros."""
    height, width, channels = op.output_shape
    pixels = constants.overrides["kernel_h"] * constants.overrides["kernel_w"]
    summed = Work.issued(loads=1) * pixels
    divided = Work.issued(port=2) + multiplied(3) + stored(GROUPS, aligned=True)
    setup = fill(1, 1) + OUTPUT + ONE * 2  # set_weights, set_params
    return setup + (summed + divided) * (height * width * channels // GROUPS)
