"""Kernel of set `simd` for depthwise convolutions of any window: which operators it takes, and
their constants; `window_walk` says how it walks over them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, HISTORY_WORDS, TAPS, Geometry
from dwpw.image.limits import D_CACHE_LINE
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import SimdDepthwiseWindowParam as Param
from dwpw.kernels.simd_constants import weighted_scales
from dwpw.kernels.window_walk import Walk, seen_taps, walk_of


def is_depthwise_window(geometry: Geometry, op: LoweredOperator) -> bool:
    """A group's segments fit into the store."""
    return (
        op.kind == "DEPTHWISE_CONV_2D"
        and walk_of(geometry, op).group_entries <= geometry.store_entries
    )


def _entries(walk: Walk, weights: np.ndarray) -> np.ndarray:
    """Store entries [c / 4, segments, lines, 4 channels, 4 taps] of [lines, taps, c]."""
    padded = np.pad(weights, ((0, 0), (0, 0), (0, -weights.shape[2] % GROUPS)))
    lines, _, channels = padded.shape
    by_group = padded.reshape(lines, -1, channels // GROUPS, GROUPS).transpose(2, 1, 0, 3)
    result = np.zeros((len(by_group), len(walk.segments), lines, GROUPS, TAPS), weights.dtype)
    for position, segment in enumerate(walk.history):
        for age, tap in enumerate(reversed(segment)):
            result[:, position, :, :, HISTORY_WORDS - age] = by_group[:, tap]
    for position, (tap,) in enumerate(walk.taps, len(walk.history)):
        result[:, position] = by_group[:, tap, :, :, np.newaxis] * np.eye(GROUPS, dtype=np.int8)
    return result


def pack_depthwise_window(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    walk = walk_of(geometry, op)
    pitch = walk.pitch * D_CACHE_LINE
    step = pitch if pitch else op.input_shape[2] * (op.input_shape[1] if walk.down else 1)
    newest = np.array([segment[-1] for segment in walk.segments], np.int32)
    weights = op.weights.transpose(1, 0, 2) if walk.down else op.weights
    return PackedConstants(
        weights=_entries(walk, weights),
        table=weighted_scales(op, op.weights.transpose(2, 0, 1)),
        shift=newest * walk.along.dilation * step,
        scratch_bytes=walk.scratch_bytes,
        param={
            Param.BLOCK_GROUPS: walk.block_groups(geometry),
            Param.WALK_DOWN: int(walk.down),
            Param.SEGMENTS: len(walk.segments),
            Param.WITH_HISTORY: len(walk.history),
            Param.STRIP: walk.strip,
            Param.BAND: walk.band,
            Param.PITCH: pitch,
            Param.AT_ONCE: walk.at_once,
        },
    )


def pack_seen_taps(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    """The constants of `seen_taps`, which the record tells."""
    fewer = seen_taps(op)
    fields = {
        "kernel_h": fewer.kernel[0],
        "kernel_w": fewer.kernel[1],
        "pad_top": fewer.pad[0],
        "pad_left": fewer.pad[1],
    }
    return replace(pack_depthwise_window(geometry, fewer), overrides=fields)
