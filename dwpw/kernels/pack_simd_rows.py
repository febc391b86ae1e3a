"""Kernel of set `simd` for convolutions of any window over any channels: which ones it takes, and
their constants."""

from __future__ import annotations

from dataclasses import replace
from math import gcd

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, TAPS, Geometry
from dwpw.image.limits import CONV_ROWS_MAX_KERNEL_H
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import SimdConvRowsParam
from dwpw.kernels.simd_constants import entries, results_at_once, weighted_scales
from dwpw.rounding import round_up


def conv_of_one_channel(op: LoweredOperator) -> LoweredOperator:
    """A depthwise convolution of one input channel is an ordinary one, whatever its multiplier."""
    if op.kind != "DEPTHWISE_CONV_2D" or op.input_shape[2] != 1:
        return op
    weights = np.ascontiguousarray(op.weights.transpose(2, 0, 1))[..., np.newaxis]
    return replace(op, kind="CONV_2D", depth_multiplier=1, weights=weights)


def _phases(op: LoweredOperator) -> list[int]:
    """Start address modulo 4 of the windows along a row of outputs, until they repeat."""
    channels = op.input_shape[2]
    step = op.stride[1] * channels
    start = -op.pad[1] * channels
    return [(start + position * step) % TAPS for position in range(TAPS // gcd(TAPS, step))]


def _row_words(op: LoweredOperator) -> int:
    row_bytes = op.kernel[1] * op.input_shape[2]
    return max(round_up(phase + row_bytes, TAPS) // TAPS for phase in _phases(op))


def is_conv_rows(geometry: Geometry, op: LoweredOperator) -> bool:
    """The patch can be replayed from the extension."""
    op = conv_of_one_channel(op)
    if op.kind != "CONV_2D" or op.dilation != (1, 1):
        return False
    words = op.kernel[0] * _row_words(op)
    fits = words <= geometry.patch_words and len(_phases(op)) * words <= geometry.store_entries
    return fits and op.kernel[0] <= CONV_ROWS_MAX_KERNEL_H


def pack_conv_rows(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    op = conv_of_one_channel(op)
    phases, row_words = _phases(op), _row_words(op)
    out_c, kernel_h, kernel_w, in_c = op.weights.shape
    rows = op.weights.reshape(out_c, kernel_h, kernel_w * in_c)
    shifted = []
    for phase in phases:
        behind = row_words * TAPS - phase - kernel_w * in_c
        padded = np.pad(rows, ((0, 0), (0, 0), (phase, behind)))
        shifted.append(entries(padded.reshape(out_c, -1)))
    by_phase = np.stack(shifted)  # [phase, out_c / 4, words, 4, 4]
    results = min(
        results_at_once(geometry),
        geometry.store_entries // (len(phases) * kernel_h * row_words),
    )
    tiles = [
        by_phase[:, first : first + results].reshape(-1)
        for first in range(0, by_phase.shape[1], results)
    ]
    row_bytes = op.input_shape[1] * in_c
    copied = op.input_shape[0] if row_bytes % TAPS else 0
    return PackedConstants(
        weights=np.concatenate(tiles),
        table=weighted_scales(op, rows),
        scratch_bytes=round_up(row_bytes, TAPS) * (1 + copied),
        param={
            SimdConvRowsParam.TILE_CHANNELS: results * GROUPS,
            SimdConvRowsParam.ROW_WORDS: row_words,
            SimdConvRowsParam.PHASES: len(phases),
        },
    )
