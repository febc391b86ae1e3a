"""Integer arithmetic of the instructions, on Python integers.

The rounding is that of the TFLite reference kernels (`MultiplyByQuantizedMultiplier` in
tensorflow/lite/kernels/internal/common.h and the gemmlowp fixed-point functions it calls).
"""

from __future__ import annotations

INT32_MAX = 2**31 - 1


def signed(value: int, bits: int) -> int:
    """The two's complement value of the low `bits` bits."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def bytes_of(word: int) -> tuple[int, int, int, int]:
    """The four int8 of a 32-bit word, lowest address first."""
    return tuple(signed(word >> shift, 8) for shift in (0, 8, 16, 24))


def pack_bytes(values) -> int:
    """A 32-bit word of four int8, lowest address first."""
    return sum((value & 0xFF) << (8 * position) for position, value in enumerate(values))


def rounding_doubling_high_mul(a: int, b: int) -> int:
    """(a * b * 2) >> 32, rounded to nearest with ties upwards; `b` is in 0..INT32_MAX.

    gemmlowp's `SaturatingRoundingDoublingHighMul`: its truncating division after a nudge of
    1 - 2**30 for negative products is the same number as this floor after 2**30.  It saturates
    only for a == b == INT32_MIN, which a multiplier cannot be.
    """
    return (a * b + (1 << 30)) >> 31


def rounding_divide_by_power_of_two(value: int, exponent: int) -> int:
    """value / 2**exponent, rounded to nearest with ties away from zero (gemmlowp)."""
    if exponent == 0:
        return value
    return (value + (1 << (exponent - 1)) - (value < 0)) >> exponent


def requantise(accumulator: int, multiplier: int, shift: int) -> int:
    """An int32 accumulator scaled by multiplier * 2**(shift - 31); `shift` is in -31..31."""
    left, right = max(shift, 0), max(-shift, 0)
    shifted = signed(accumulator << left, 32)
    return rounding_divide_by_power_of_two(rounding_doubling_high_mul(shifted, multiplier), right)
