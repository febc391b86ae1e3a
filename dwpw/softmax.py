"""The exponentials of SOFTMAX in TFLite's fixed-point arithmetic, for all differences of two int8.

The reference kernel works out exp(x - max) for every element (`exp_on_negative_values` of
gemmlowp's fixedpoint.h); int8 values have 256 differences, so the host does it once per model.  A
number with n integer bits has 31 - n fractional ones and a sign.
"""

from __future__ import annotations

import numpy as np

from dwpw.quant import SOFTMAX_INTEGER_BITS

DIFFERENCES = 256
"""0 to 255: the largest value of a row less any other."""

ONE = (1 << 31) - 1
"""1 without integer bits: the largest number."""

EXP_OF_MINUS_EIGHTH = 1895147668
THIRD = 715827883
EXP_OF_MINUS_POWER = (
    (-2, 1672461947),
    (-1, 1302514674),
    (0, 790015084),
    (1, 290630308),
    (2, 39332535),
    (3, 720401),
    (4, 242),
)
"""(n, exp(-2^n)), no integer bits: gemmlowp's constants, some of which are not the nearest."""


def multiply(a: int, b: int) -> int:
    """a * b / 2^31, halves up: `SaturatingRoundingDoublingHighMul`."""
    return (a * b + (1 << 30)) >> 31


def halved(value: int, times: int) -> int:
    """value / 2^times, halves away from zero: `RoundingDivideByPOT`."""
    rounded = (abs(value) + (1 << (times - 1))) >> times
    return rounded if value >= 0 else -rounded


def _exp_above_minus_quarter(x: int) -> int:
    """exp(x) for -1/4 <= x < 0, no integer bits: a Taylor series around -1/8."""
    t = x + (1 << 28)
    t2 = multiply(t, t)
    t3, t4 = multiply(t2, t), multiply(t2, t2)
    rest = halved(multiply(halved(t4, 2) + t3, THIRD) + t2, 1)
    return EXP_OF_MINUS_EIGHTH + multiply(EXP_OF_MINUS_EIGHTH, t + rest)


def exponential_of(x: int, integer_bits: int) -> int:
    """exp(x) without integer bits, for x <= 0 with so many of them, 5 at the most."""
    if x == 0:
        return ONE
    fractional_bits = 31 - integer_bits
    quarter = 1 << (fractional_bits - 2)
    near = (x & (quarter - 1)) - quarter
    result = _exp_above_minus_quarter(near << integer_bits)
    quarters = near - x
    for power, factor in EXP_OF_MINUS_POWER:
        if power < integer_bits and quarters & (1 << (fractional_bits + power)):
            result = multiply(result, factor)
    return result


def exponential(x: int) -> int:
    """exp(x) without integer bits, for x <= 0 with `SOFTMAX_INTEGER_BITS`."""
    return exponential_of(x, SOFTMAX_INTEGER_BITS)


def exponential_table(multiplier: int, left_shift: int, least: int) -> np.ndarray:
    """exp(-beta * scale * i) for differences i, int32 [256] without integer bits.

    The arguments are those of `dwpw.quant.softmax_arithmetic`; what lies below the least difference
    counts 0.
    """
    table = [
        exponential(multiply(-i << left_shift, multiplier)) if -i >= least else 0
        for i in range(DIFFERENCES)
    ]
    return np.array(table, np.int32)
