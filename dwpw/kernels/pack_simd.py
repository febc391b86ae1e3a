"""Kernels of set `simd`: which operators they take, and their constants.

The extension multiplies padding and all: the input's zero point goes into the bias, and padded
taps are fed the zero point itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, TAPS, Geometry
from dwpw.image.format import MeanParam
from dwpw.image.limits import (
    AVERAGE_LINES_PIXELS,
    D_CACHE_LINE,
    DEPTHWISE_BLOCK_GROUPS,
    DEPTHWISE_ROWS,
    PIXELS_UNDER_WAY,
)
from dwpw.kernels import work_simd, work_simd_window
from dwpw.kernels.depthwise_strips import strips_of
from dwpw.kernels.pack_simd_padded import padded
from dwpw.kernels.pack_simd_patches import is_conv_patches, pack_conv_patches
from dwpw.kernels.pack_simd_rows import is_conv_rows, pack_conv_rows
from dwpw.kernels.pack_simd_values import (
    is_multiply_channels,
    is_sum,
    is_table,
    is_table_twice,
    lacks_for_sum,
    pack_multiply_channels,
    pack_sum,
    pack_table,
    pack_table_twice,
)
from dwpw.kernels.pack_simd_wide import is_conv_wide, pack_conv_wide
from dwpw.kernels.pack_simd_window import is_depthwise_window, pack_depthwise_window, pack_seen_taps
from dwpw.kernels.packing import (
    KernelRule,
    LoweredOperator,
    PackedConstants,
    has_3x3_window_per_channel,
)
from dwpw.kernels.param_simd import (
    SimdConvPointwiseParam,
    SimdDepthwise3x3Param,
)
from dwpw.kernels.simd_constants import (
    CACHE_LINES,
    DEPTHWISE_ANY_STRIDE,
    DEPTHWISE_AT_ONCE,
    balanced,
    entries,
    results_at_once,
    scales,
    weighted_scales,
)
from dwpw.kernels.simd_weights import for_wide_too
from dwpw.kernels.work import Work
from dwpw.rounding import ceil_div

MAX_AVERAGED = 2047
"""See `average_multiplier`."""


# Pointwise -------------------------------------------------------------------------------------


def is_pointwise(geometry: Geometry, op: LoweredOperator) -> bool:
    """1x1 convolution or fully connected over whole words of channels."""
    window = op.kernel == (1, 1) and op.pad == (0, 0)
    channels = op.input_shape[2]
    return (
        op.kind in ("CONV_2D", "FULLY_CONNECTED")
        and window
        and channels % TAPS == 0
        and channels <= geometry.store_entries * TAPS
    )


def pack_pointwise(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    patches = op.weights.reshape(op.output_shape[2], op.input_shape[2])
    words = op.input_shape[2] // TAPS
    results = balanced(op, min(results_at_once(geometry), geometry.store_entries // words))
    return PackedConstants(
        weights=entries(patches),
        table=weighted_scales(op, patches),
        param={SimdConvPointwiseParam.TILE_CHANNELS: results * GROUPS},
    )


# Depthwise -------------------------------------------------------------------------------------


def is_depthwise_3x3(op: LoweredOperator) -> bool:
    """Whole words of channels."""
    return has_3x3_window_per_channel(op) and op.output_shape[2] % GROUPS == 0


def depthwise_block(geometry: Geometry) -> int:
    """Groups of four channels whose weights and scales lie in the unit at the same time."""
    return min(
        DEPTHWISE_BLOCK_GROUPS,
        geometry.param_groups,
        geometry.store_entries // DEPTHWISE_ROWS,
    )


def depthwise_at_once(geometry: Geometry, stride: int) -> int:
    """Groups of four channels that pass together; 0 when the unit is too small for one."""
    most = min(geometry.rows // DEPTHWISE_ROWS, geometry.results // PIXELS_UNDER_WAY)
    loops = DEPTHWISE_AT_ONCE if stride <= 2 else DEPTHWISE_ANY_STRIDE
    return next((groups for groups in loops if groups <= most), 0)


def depthwise_lacks(geometry: Geometry) -> str:
    """What the sizes lack for the kernel."""
    if geometry.rows < DEPTHWISE_ROWS:
        return f"rows of at least 4, not {geometry.rows}"
    if geometry.store_entries < DEPTHWISE_ROWS:
        return f"store_entries of at least 4, not {geometry.store_entries}"
    return ""


def pack_depthwise_3x3(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    by_channel = op.weights.transpose(2, 0, 1)  # [c, row, column]
    block, at_once = depthwise_block(geometry), depthwise_at_once(geometry, op.stride[1])
    taps = np.pad(by_channel, ((0, 0), (0, 0), (0, TAPS - 3)))
    entries = taps.reshape(-1, GROUPS, 3, TAPS).transpose(0, 2, 1, 3)
    return PackedConstants(
        weights=entries,
        table=weighted_scales(op, by_channel),
        param={
            SimdDepthwise3x3Param.BLOCK_GROUPS: block,
            SimdDepthwise3x3Param.AT_ONCE: at_once,
            SimdDepthwise3x3Param.STRIP: strips_of(op, block, at_once)[0],
        },
    )


# Averages --------------------------------------------------------------------------------------


def is_average(op: LoweredOperator) -> bool:
    """Whole words of channels; windows that lie inside the input and count MAX_AVERAGED or less."""
    if op.kind not in ("AVERAGE_POOL_2D", "MEAN") or op.input_shape[2] % GROUPS:
        return False
    if op.kind == "MEAN":
        return True
    inside = all(
        (op.output_shape[axis] - 1) * op.stride[axis] + op.kernel[axis] <= op.input_shape[axis]
        for axis in range(2)
    )
    count = op.kernel[0] * op.kernel[1]
    return op.pad == (0, 0) and inside and 1 < count <= MAX_AVERAGED


def average_multiplier(count: int) -> int:
    """Q0.31 multiplier that divides a sum of `count` int8 and rounds ties away from zero.

    Requantisation rounds a tie of a negative value towards zero.  With a multiplier just above
    2**31 / count, the product of a tie lies beyond it, by less than 128 * count * 2**-30; the
    values next to a tie are 1 / (2 * count) away.  So 1 < count < 2048 divides exactly.
    """
    return 2**31 // count + 1


def pack_average(op: LoweredOperator) -> PackedConstants:
    """Dot products with the identity sum up each channel of a word."""
    lines, columns = op.input_shape[:2] if op.kind == "MEAN" else op.kernel
    count = lines * columns
    if columns == op.input_shape[1]:
        lines, columns = 1, count  # whole lines lie one behind the other
    fields = {"kernel_h": lines, "kernel_w": columns}
    if op.kind == "MEAN":
        bias = op.input_offset * count
        multiplier, shift = op.param[MeanParam.MULTIPLIER], op.param[MeanParam.SHIFT]
    else:
        bias, multiplier, shift = 0, average_multiplier(count), 0
        fields["output_offset"] = 0  # the average of stored values is the stored average
    return PackedConstants(
        weights=np.eye(GROUPS, TAPS, dtype=np.int8),
        table=scales(*(np.full(GROUPS, value, np.int32) for value in (bias, multiplier, shift))),
        overrides=fields,
    )


def is_average_lines(op: LoweredOperator) -> bool:
    """Few enough pixels for sums of 16 bits, whose lines do not lie in the D$ side by side."""
    height, width = op.input_shape[:2] if op.kind == "MEAN" else op.kernel
    channels = op.input_shape[2]
    lines = (
        {
            (y * op.input_shape[1] + x) * channels // D_CACHE_LINE + line
            for y in range(height)
            for x in range(width)
            for line in range(ceil_div(channels, D_CACHE_LINE))
        }
        if height * width <= AVERAGE_LINES_PIXELS
        else set()
    )
    places = {line % CACHE_LINES for line in lines}
    return is_average(op) and channels >= D_CACHE_LINE and len(places) < len(lines)


def pack_average_lines(op: LoweredOperator) -> PackedConstants:
    """As `pack_average`; the kernel moves values, and both bytes of a sum, by 128."""
    window = tuple(op.input_shape[:2]) if op.kind == "MEAN" else op.kernel
    pixels = window[0] * window[1]
    plain = pack_average(op)
    table = plain.table.copy()
    table[:, : 2 * GROUPS : 2] += 128 * (256 + 1) - 128 * pixels  # the biases
    fields = {**plain.overrides, "kernel_h": window[0], "kernel_w": window[1]}
    return replace(plain, table=table, overrides=fields)


def _rule(
    geometry: Geometry,
    name: str,
    accepts: Callable[[LoweredOperator], bool],
    pack: Callable[[LoweredOperator], PackedConstants],
    work: Callable[[Geometry, LoweredOperator, PackedConstants], Work],
    lacks: str = "",
) -> KernelRule:
    """A kernel that takes weights with a zero point as well."""
    functions = for_wide_too(accepts, pack, partial(work, geometry))
    return KernelRule(name, *functions, lacks)


def _of_one_operator(geometry: Geometry) -> tuple[KernelRule, ...]:
    rule = partial(_rule, geometry)
    return (
        rule(
            "simd/conv_pointwise",
            partial(is_pointwise, geometry),
            partial(pack_pointwise, geometry),
            work_simd.pointwise,
        ),
        rule(
            "simd/depthwise_3x3",
            is_depthwise_3x3,
            partial(pack_depthwise_3x3, geometry),
            work_simd.depthwise_3x3,
            depthwise_lacks(geometry),
        ),
        rule(
            "simd/conv_patches",
            partial(is_conv_patches, geometry),
            partial(pack_conv_patches, geometry),
            work_simd.conv_patches,
        ),
        rule(
            "simd/conv_wide",
            partial(is_conv_wide, geometry),
            partial(pack_conv_wide, geometry),
            work_simd.conv_wide,
        ),
        rule(
            "simd/conv_rows",
            partial(is_conv_rows, geometry),
            partial(pack_conv_rows, geometry),
            work_simd.conv_rows,
        ),
        rule("simd/table", is_table, pack_table, work_simd.table),
        rule("simd/sum", is_sum, pack_sum, work_simd.sums, lacks_for_sum(geometry)),
        rule(
            "simd/multiply_channels",
            is_multiply_channels,
            pack_multiply_channels,
            work_simd.multiply_channels,
        ),
        rule(
            "simd/depthwise_window",
            partial(is_depthwise_window, geometry),
            partial(pack_seen_taps, geometry),
            work_simd_window.depthwise_window_seen,
        ),
        rule("simd/average_lines", is_average_lines, pack_average_lines, work_simd.average_lines),
        rule("simd/average", is_average, pack_average, work_simd.average),
    )


def rules(geometry: Geometry) -> tuple[KernelRule, ...]:
    """The kernels of the unit with these sizes."""
    single = _of_one_operator(geometry)
    # PAD in front of a convolution makes its padding: the window must stay as it is.
    with_pad = _rule(
        geometry,
        "simd/depthwise_window",
        partial(is_depthwise_window, geometry),
        partial(pack_depthwise_window, geometry),
        work_simd_window.depthwise_window,
    )
    return (
        padded([*single, with_pad]),
        KernelRule(
            "simd/table_twice",
            is_table_twice,
            pack_table_twice,
            partial(work_simd.table_twice, geometry),
            window=2,
        ),
        *single,
    )
