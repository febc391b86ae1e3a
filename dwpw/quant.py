"""The integer arithmetic behind a quantised operator, worked out as TFLite does.

Everything here happens once per model, in floating point, and must give the very integers that
the TFLite interpreter computes when it prepares the operator: the last bit of a tensor depends on
it.  Names of TFLite's functions are given for reference; they stand in
`tensorflow/lite/kernels/kernel_util.cc` and `.../kernels/internal/quantization_util.cc`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, frexp

import numpy as np

INT8_MIN, INT8_MAX = -128, 127

ADD_LEFT_SHIFT = 20
"""Bits of headroom that ADD gives its int8 operands (kernels/add.cc)."""

SOFTMAX_INTEGER_BITS = 5
"""Integer bits of the scaled difference in SOFTMAX (`kScaledDiffIntegerBits`)."""


def round_half_away(value: float) -> int:
    """C's `round`: to nearest, halves away from zero."""
    return floor(value + 0.5) if value >= 0 else -floor(-value + 0.5)


def quantise_multiplier(real: float) -> tuple[int, int]:
    """A factor >= 0 as (Q0.31 multiplier, shift; positive is left): `QuantizeMultiplier`."""
    if real == 0:
        return 0, 0
    fraction, shift = frexp(real)
    multiplier = round_half_away(fraction * (1 << 31))
    if multiplier == 1 << 31:
        multiplier, shift = multiplier // 2, shift + 1
    if shift < -31:  # every bit would be shifted out
        return 0, 0
    return multiplier, shift


def conv_multipliers(
    input_scale: np.float32, weight_scales: np.ndarray, output_scale: np.float32, channels: int
) -> tuple[np.ndarray, np.ndarray]:
    """Multiplier and shift per channel, int32 [channels]: `PopulateConvolutionQuantizationParams`.

    The product is taken in double precision, scale by scale.
    """
    scales = np.broadcast_to(weight_scales, (channels,))
    pairs = [
        quantise_multiplier(float(input_scale) * float(scale) / float(output_scale))
        for scale in scales
    ]
    return _columns(pairs)


def fully_connected_multipliers(
    input_scale: np.float32, weight_scales: np.ndarray, output_scale: np.float32, channels: int
) -> tuple[np.ndarray, np.ndarray]:
    """As `conv_multipliers`, but per-tensor weights go through `GetQuantizedConvolutionMultipler`.

    That function multiplies the two scales in single precision.
    """
    if len(weight_scales) > 1:
        return conv_multipliers(input_scale, weight_scales, output_scale, channels)
    product = np.float32(input_scale) * np.float32(weight_scales[0])
    pair = quantise_multiplier(float(product) / float(output_scale))
    return _columns([pair] * channels)


def _columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(pairs, np.int32).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()


def activation_range(activation: str, scale: np.float32, zero_point: int) -> tuple[int, int]:
    """Clamp of an int8 output, both ends included: `CalculateActivationRangeQuantized`."""

    def quantised(real: float) -> int:
        # Division in single precision, as in TFLite.
        return zero_point + round_half_away(float(np.float32(real) / np.float32(scale)))

    low, high = {
        "NONE": (None, None),
        "RELU": (0.0, None),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }[activation]
    least = INT8_MIN if low is None else max(INT8_MIN, quantised(low))
    most = INT8_MAX if high is None else min(INT8_MAX, quantised(high))
    return least, most


@dataclass(frozen=True)
class AddArithmetic:
    """Both operands are brought to a common scale, added, and scaled to the output."""

    left_shift: int
    input1: tuple[int, int]  # multiplier, shift
    input2: tuple[int, int]
    output: tuple[int, int]


def add_output_factor(scale1: np.float32, scale2: np.float32, output: np.float32) -> float:
    """The factor from ADD's sum to its output; TFLite aborts unless it is below 1."""
    common = float(np.float32(2) * max(np.float32(scale1), np.float32(scale2)))
    return common / float(np.float32(1 << ADD_LEFT_SHIFT) * np.float32(output))


def add_arithmetic(scale1: np.float32, scale2: np.float32, output: np.float32) -> AddArithmetic:
    """Constants of ADD (kernels/add.cc, `Prepare`)."""
    common = float(np.float32(2) * max(np.float32(scale1), np.float32(scale2)))
    return AddArithmetic(
        left_shift=ADD_LEFT_SHIFT,
        input1=quantise_multiplier(float(scale1) / common),
        input2=quantise_multiplier(float(scale2) / common),
        output=quantise_multiplier(add_output_factor(scale1, scale2, output)),
    )


def mean_multiplier(
    input_scale: np.float32, output_scale: np.float32, elements: int
) -> tuple[int, int]:
    """Multiplier and shift from the sum of `elements` values to their mean.

    TFLite divides the multiplier by the number of elements in integers, after shifting it left as
    far as 64 bits and the shift's own range allow (internal/reference/reduce.h,
    `QuantizedMeanOrSum`).
    """
    multiplier, shift = quantise_multiplier(float(input_scale) / float(output_scale))
    extra = min(elements.bit_length() - 1, 32, 31 + shift)
    return (multiplier << extra) // elements, shift - extra


def softmax_factor(beta: float, input_scale: np.float32) -> float:
    """The real factor of SOFTMAX's scaled difference; TFLite aborts unless it is above 1."""
    factor = beta * float(input_scale) * (1 << (31 - SOFTMAX_INTEGER_BITS))
    return min(factor, (1 << 31) - 1.0)


def softmax_arithmetic(beta: float, input_scale: np.float32) -> tuple[int, int, int]:
    """(input multiplier, left shift, least difference): `PreprocessSoftmaxScaling`.

    Differences to the maximum below the least one count as probability 0: `CalculateInputRadius`.
    """
    multiplier, left_shift = quantise_multiplier(softmax_factor(beta, input_scale))
    largest = ((1 << SOFTMAX_INTEGER_BITS) - 1) * (1 << (31 - SOFTMAX_INTEGER_BITS))
    return multiplier, left_shift, -(largest >> left_shift)
