"""Operators that work value by value, as tables: what each of the 256 int8 becomes.

A table is int8 [256]; the byte of the input (as uint8) is the place in it.  The arithmetic is that
of TFLite Micro's reference kernels; where LiteRT rounds otherwise, `docs/exactness.md` says so.
Names of TFLite's functions are given for reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from dwpw.fixed_point import scale
from dwpw.quant import (
    INT8_MAX,
    INT8_MIN,
    add_arithmetic,
    quantise_multiplier,
    round_half_away,
)
from dwpw.softmax import ONE, exponential_of, halved, multiply

VALUES = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.int64)
"""Every int8, in the order of a table."""


@dataclass(frozen=True)
class Quantised:
    """Real value = scale * (value - zero point); scale is a float32."""

    scale: np.float32
    zero_point: int


def table(values: np.ndarray) -> np.ndarray:
    """int8 [256] of values in the order of `VALUES`, clamped."""
    return np.clip(values, INT8_MIN, INT8_MAX).astype(np.int8)


def _multiplier(*factors: float) -> tuple[int, int]:
    """Multiplier and shift of a quotient worked out in single precision: a / b or a * b / c."""
    *others, divisor = (np.float32(factor) for factor in factors)
    product = others[0]
    for factor in others[1:]:
        product = np.float32(product * factor)
    return quantise_multiplier(float(np.float32(product / divisor)))


def requantised(source: Quantised, output: Quantised) -> np.ndarray:
    """QUANTIZE from int8 to int8 (`Requantize`)."""
    factor = quantise_multiplier(float(source.scale) / float(output.scale))
    return table(scale(VALUES - source.zero_point, *factor) + output.zero_point)


def rectified(source: Quantised, output: Quantised, low: float, high: float) -> np.ndarray:
    """RELU, RELU6 and their like, with the real bounds `low` and `high` (`ReluQuantized`)."""
    scaled = scale(VALUES - source.zero_point, *_multiplier(source.scale, output.scale))
    least = _bound(low, output)
    most = INT8_MAX if high == inf else _bound(high, output)
    return table(np.clip(scaled + output.zero_point, least, most))


def _bound(real: float, output: Quantised) -> int:
    quotient = float(np.float32(real) / np.float32(output.scale))
    return min(max(INT8_MIN, output.zero_point + round_half_away(quotient)), INT8_MAX)


def leaky_relu(source: Quantised, output: Quantised, alpha: float) -> np.ndarray:
    """LEAKY_RELU (`QuantizeLeakyRelu`)."""
    values = VALUES - source.zero_point
    above = scale(values, *_multiplier(source.scale, output.scale))
    below = scale(values, *_multiplier(source.scale, alpha, output.scale))
    return table(np.where(values >= 0, above, below) + output.zero_point)


def prelu(source: Quantised, alpha: Quantised, output: Quantised, slope: int) -> np.ndarray:
    """PRELU with the stored int8 slope of one channel (`BroadcastPrelu4DSlow`).

    The factors are worked out in double precision, as in TFLite Micro's `CalculatePreluParams`.
    """
    values = VALUES - source.zero_point
    ratio = float(source.scale) / float(output.scale)
    steeper = float(source.scale) * float(alpha.scale) / float(output.scale)
    above = scale(values, *quantise_multiplier(ratio))
    below = scale(values * (slope - alpha.zero_point), *quantise_multiplier(steeper))
    return table(np.where(values >= 0, above, below) + output.zero_point)


def added(
    source: Quantised,
    other: Quantised,
    output: Quantised,
    constant: int,
    signs: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """ADD of a stored int8 constant; SUB with a sign of -1 for the operand that is subtracted."""
    arithmetic = add_arithmetic(source.scale, other.scale, output.scale)
    shift = arithmetic.left_shift
    first = scale((VALUES - source.zero_point) << shift, *arithmetic.input1)
    second = scale(np.int64(constant - other.zero_point) << shift, *arithmetic.input2)
    total = signs[0] * first + signs[1] * second
    return scale(total, *arithmetic.output) + output.zero_point


def multiplied(source: Quantised, other: Quantised, output: Quantised, constant: int) -> np.ndarray:
    """MUL by a stored int8 constant (`reference_integer_ops::Mul`)."""
    factor = mul_multiplier(source.scale, other.scale, output.scale)
    product = (VALUES - source.zero_point) * (constant - other.zero_point)
    return scale(product, *factor) + output.zero_point


def mul_multiplier(first: np.float32, second: np.float32, output: np.float32) -> tuple[int, int]:
    """Multiplier and shift of MUL, worked out in double precision as TFLite Micro does."""
    return quantise_multiplier(float(first) * float(second) / float(output))


LOGISTIC_INTEGER_BITS = 4


def _radius(left_shift: int) -> int:
    """`CalculateInputRadius` with 31 bits in all."""
    largest = ((1 << LOGISTIC_INTEGER_BITS) - 1) * (1 << (31 - LOGISTIC_INTEGER_BITS))
    return largest >> left_shift


def sigmoid_factor(source: Quantised) -> float:
    """From a stored difference to an argument of LOGISTIC or TANH; TFLite only shifts it left."""
    return float(source.scale) * (1 << (31 - LOGISTIC_INTEGER_BITS))


def _sigmoid_arguments(source: Quantised) -> tuple[np.ndarray, np.ndarray, int]:
    """Differences to the zero point, the same with 4 integer bits, and where both ends begin."""
    multiplier, left_shift = quantise_multiplier(sigmoid_factor(source))
    values = VALUES - source.zero_point
    return values, scale(values, multiplier, left_shift), _radius(left_shift)


def logistic(source: Quantised) -> np.ndarray:
    """LOGISTIC to 1/256 and -128 (`reference_integer_ops::Logistic`)."""
    values, arguments, radius = _sigmoid_arguments(source)
    found = [halved(_logistic(int(x)), 23) for x in arguments]
    inner = np.minimum(np.array(found), 255) + INT8_MIN
    inner = np.where(values <= -radius, INT8_MIN, np.where(values >= radius, INT8_MAX, inner))
    return table(inner)


def tanh(source: Quantised) -> np.ndarray:
    """TANH to 1/128 and 0 (`reference_integer_ops::Tanh`)."""
    values, arguments, radius = _sigmoid_arguments(source)
    inner = np.array([halved(_tanh(int(x)), 24) for x in arguments])
    inner = np.where(values <= -radius, INT8_MIN, np.where(values >= radius, INT8_MAX, inner))
    return table(inner)


UNIT = 1 << 29
"""1 with two integer bits."""

START, SLOPE = 1515870810, -1010580540
"""48/17 and -32/17 with two integer bits: the line from which Newton's method starts."""


def _two_over_one_plus(a: int) -> int:
    """2 / (1 + a) with two integer bits, for 0 <= a <= 1 without: three steps of Newton's method.

    What gemmlowp's `one_over_one_plus_x_for_x_in_0_1` and its like have in common.
    """
    half = halved_sum(a, ONE)
    x = START + multiply(half, SLOPE)
    for _ in range(3):
        x += multiply_rescaled(x, UNIT - multiply(half, x))
    return x


def halved_sum(a: int, b: int) -> int:
    """(a + b) / 2, halves away from zero (`RoundingHalfSum`)."""
    total = a + b
    return (total + 1) // 2 if total >= 0 else -((1 - total) // 2)


def multiply_rescaled(x: int, y: int) -> int:
    """The product of two numbers with two integer bits, with two integer bits."""
    return saturated(multiply(x, y) << 2)


def saturated(value: int) -> int:
    """Within 32 bits."""
    return min(max(value, -(1 << 31)), (1 << 31) - 1)


def _logistic(x: int) -> int:
    """1 / (1 + exp(-x)) without integer bits, for x with 4 of them."""
    if x == 0:
        return 1 << 30
    # Half of it without integer bits: one bit to the left.
    above = saturated(_two_over_one_plus(exponential_of(-abs(x), LOGISTIC_INTEGER_BITS)) << 1)
    return above if x > 0 else ONE - above


def _tanh(x: int) -> int:
    """tanh(x) without integer bits, for x with 4 of them."""
    if x == 0:
        return 0
    # exp(-2 |x|): one integer bit more is the factor 2.
    a = exponential_of(-abs(x), LOGISTIC_INTEGER_BITS + 1)
    # (1 - a) / (1 + a) = 2 / (1 + a) - 1
    result = saturated((_two_over_one_plus(a) - UNIT) << 2)
    return result if x > 0 else -result


def hard_swish(source: Quantised, output: Quantised) -> np.ndarray:
    """HARD_SWISH in 16 bits (`HardSwish` of reference_ops).

    The factors are worked out in double precision, as in TFLite Micro's `HardSwishPrepare`.
    """
    fine = float(np.float32(1 / 128) * source.scale)
    out_multiplier, out_exponent = _sixteen_bits(fine / float(output.scale))
    relu_multiplier, relu_exponent = _sixteen_bits(fine / float(np.float32(3 / 32768)))
    return table(
        np.array([
            _hard_swish(int(value) << 7, out_multiplier, out_exponent, relu_multiplier,
                        relu_exponent)
            for value in VALUES - source.zero_point
        ]) + output.zero_point
    )  # fmt: skip


def _sixteen_bits(factor: float) -> tuple[int, int]:
    """Multiplier of 16 bits and exponent (`DownScaleInt32ToInt16Multiplier`)."""
    multiplier, exponent = quantise_multiplier(factor)
    return min((multiplier + (1 << 15)) >> 16, 32767), exponent


def _high_rounded(a: int, b: int) -> int:
    """a * b / 2^15 of 16 bits, to nearest (`SaturatingRoundingDoublingHighMul` for int16)."""
    product = a * b
    nudge = 1 << 14 if product >= 0 else 1 - (1 << 14)
    value = abs(product + nudge) >> 15
    return _sixteen(value if product + nudge >= 0 else -value)


def _sixteen(value: int) -> int:
    return min(max(value, -32768), 32767)


def _hard_swish(x: int, out_multiplier: int, out_exponent: int, multiplier: int, exponent: int):
    """One value with 7 more bits, to the output less its zero point."""
    on_output_scale = _high_rounded(x, out_multiplier)
    reluish = x
    if exponent > 0:
        reluish = _sixteen(reluish << (exponent - 1))
    reluish = _high_rounded(reluish, multiplier)
    if exponent > 0:
        reluish = _sixteen(reluish << 1)
    elif exponent < 0:
        reluish = halved(reluish, -exponent)
    reluish = (reluish + (1 << 15)) >> 1
    # SaturatingDoublingHighMul: truncates.
    product = on_output_scale * reluish
    scaled = abs(product) >> 15
    scaled = _sixteen(scaled if product >= 0 else -scaled)
    return halved(scaled, -out_exponent) if out_exponent < 0 else scaled
