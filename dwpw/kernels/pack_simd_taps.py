"""Kernels of set `simd` for windows of any size, tap by tap: which operators they take, and their
constants.
"""

from __future__ import annotations

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, TAPS, Geometry
from dwpw.image.limits import PIXELS_UNDER_WAY
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import SimdConvPatchesParam, SimdDepthwiseTapsParam
from dwpw.kernels.simd_constants import entries, results_at_once, weighted_scales


def _window_words(op: LoweredOperator) -> int:
    """Words of a window whose taps are whole words of channels."""
    return op.kernel[0] * op.kernel[1] * op.input_shape[2] // TAPS


def is_conv_patches(geometry: Geometry, op: LoweredOperator) -> bool:
    """Whole words of channels; one result's weights fit into the store."""
    return (
        op.kind == "CONV_2D"
        and op.input_shape[2] % TAPS == 0
        and _window_words(op) <= geometry.store_entries
    )


def pack_conv_patches(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    patches = op.weights.reshape(op.output_shape[2], -1)
    results = min(results_at_once(geometry), geometry.store_entries // _window_words(op))
    return PackedConstants(
        weights=entries(patches),
        table=weighted_scales(op, patches),
        scratch_bytes=_window_words(op) * TAPS,
        param={SimdConvPatchesParam.TILE_CHANNELS: results * GROUPS},
    )


def depthwise_taps_groups(geometry: Geometry, op: LoweredOperator) -> int:
    """Groups of four channels that lie in the unit at the same time; 0 when not even one does."""
    fitting = geometry.store_entries // (op.kernel[0] * op.kernel[1])
    return min(geometry.param_groups, geometry.results // PIXELS_UNDER_WAY, fitting)


def is_depthwise_taps(geometry: Geometry, op: LoweredOperator) -> bool:
    """Whole words of channels, an output for each; a group's taps fit into the store."""
    return (
        op.kind == "DEPTHWISE_CONV_2D"
        and op.depth_multiplier == 1
        and op.output_shape[2] % GROUPS == 0
        and depthwise_taps_groups(geometry, op) > 0
    )


def pack_depthwise_taps(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    """The weights of a tap on the diagonals of store entries."""
    taps = op.kernel[0] * op.kernel[1]
    by_group = op.weights.reshape(taps, -1, GROUPS).transpose(1, 0, 2)  # [c / 4, taps, 4]
    return PackedConstants(
        weights=by_group[..., np.newaxis] * np.eye(GROUPS, TAPS, dtype=np.int8),
        table=weighted_scales(op, op.weights.transpose(2, 0, 1)),
        param={SimdDepthwiseTapsParam.BLOCK_GROUPS: depthwise_taps_groups(geometry, op)},
    )
