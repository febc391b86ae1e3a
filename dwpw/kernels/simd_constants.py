"""What the packers of set `simd` share: store entries, and scales as `unit.h` reads them."""

from __future__ import annotations

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, REP_COUNTS, TAPS, Geometry
from dwpw.image.limits import COLUMN_GROUPS, D_CACHE_BYTES, D_CACHE_LINE, PIXELS_UNDER_WAY
from dwpw.kernels.packing import LoweredOperator
from dwpw.rounding import ceil_div

CACHE_LINES = D_CACHE_BYTES // D_CACHE_LINE

WINDOW_AT_ONCE = (8, COLUMN_GROUPS, 2, 1)
"""Groups of four channels that `simd/depthwise_window` has loops for to pass together."""

DEPTHWISE_AT_ONCE = (16, 12, 8, COLUMN_GROUPS, 2, 1)
"""The same of `simd/depthwise_3x3`."""

DEPTHWISE_ANY_STRIDE = (2, 1)
"""Those of them that it has for strides of more than 2."""


def scales(bias: np.ndarray, multiplier: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """[channels / 4, 9] int32: bias and multiplier of four channels, then their shifts as bytes.

    All int32 [channels], filled up to a multiple of four with zeros.
    """
    missing = -len(bias) % GROUPS
    pairs = np.pad(np.stack([bias, multiplier], axis=1), ((0, missing), (0, 0)))
    shifts = np.pad(shift, (0, missing)).astype(np.int8).view("<i4")
    return np.column_stack([pairs.reshape(-1, 2 * GROUPS), shifts]).astype(np.int32)


def weighted_scales(op: LoweredOperator, weights: np.ndarray) -> np.ndarray:
    """Scales of an operator with weights; the bias gets the input's zero point into it.

    weights: int8 [out_c, anything].
    """
    sums = weights.reshape(weights.shape[0], -1).sum(axis=1, dtype=np.int64)
    bias = op.bias.astype(np.int64) + op.input_offset * sums
    bias = (bias & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
    return scales(bias, op.multiplier, op.shift)


def results_at_once(geometry: Geometry) -> int:
    """Results that a pixel may have in a tile: groups of four output channels."""
    # A pixel passes once, and as often again as `rep` can say.
    return min(geometry.param_groups, geometry.results // PIXELS_UNDER_WAY, REP_COUNTS)


MANY_RESULTS = (8, 12, 16)
"""Results of a pixel that kernels have loops for; every number below has one as well."""


def balanced(op: LoweredOperator, most: int) -> int:
    """Results of a full tile, of which there are no more than with tiles of `most`.

    The CPU's part of a tile is nearly the same for any number of results: 6 and 6 take less than
    8 and 4.
    """
    results = ceil_div(op.output_shape[2], GROUPS)
    even = ceil_div(results, ceil_div(results, most))
    if even <= MANY_RESULTS[0]:
        return even
    return next((loop for loop in MANY_RESULTS if even <= loop <= most), even)


def entries(patches: np.ndarray) -> np.ndarray:
    """Store entries [out_c / 4, words, 4 channels, 4 taps] of int8 [out_c, bytes of a patch]."""
    channels, length = patches.shape
    padded = np.pad(patches, ((0, -channels % GROUPS), (0, -length % TAPS)))
    grouped = padded.reshape(-1, GROUPS, padded.shape[1] // TAPS, TAPS)
    return grouped.transpose(0, 2, 1, 3)
