"""Kernel of set `simd` for convolutions of any window: which ones it takes, and their constants."""

from __future__ import annotations

from compiler_intrinsics.simd.geometry import GROUPS, TAPS, Geometry
from dwpw.kernels.pack_simd_wide import window_words
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import SimdConvPatchesParam
from dwpw.kernels.simd_constants import balanced, entries, results_at_once, weighted_scales


def is_conv_patches(geometry: Geometry, op: LoweredOperator) -> bool:
    """Whole words of channels; the store holds the weights of two results."""
    return (
        op.kind == "CONV_2D"
        and op.input_shape[2] % TAPS == 0
        and 2 * window_words(op) <= geometry.store_entries
    )


def _strip_bytes(op: LoweredOperator) -> int:
    """Of the larger copy with padding: the lines of a row of windows, or those of a column."""
    height, width = (
        (op.output_shape[axis] - 1) * op.stride[axis]
        + (op.kernel[axis] - 1) * op.dilation[axis]
        + 1
        for axis in range(2)
    )
    return max(op.kernel[0] * width, op.kernel[1] * height) * op.input_shape[2]


def pack_conv_patches(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    patches = op.weights.reshape(op.output_shape[2], -1)
    most = min(results_at_once(geometry), geometry.store_entries // window_words(op))
    results = balanced(op, most)
    return PackedConstants(
        weights=entries(patches),
        table=weighted_scales(op, patches),
        scratch_bytes=_strip_bytes(op),
        param={SimdConvPatchesParam.TILE_CHANNELS: results * GROUPS},
    )
