"""The roundings, against exact fractions and the wording of the reference kernels."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler_intrinsics.arithmetic import (
    bytes_of,
    pack_bytes,
    requantise,
    rounding_divide_by_power_of_two,
    rounding_doubling_high_mul,
    signed,
)

int32 = st.integers(-(2**31), 2**31 - 1)
multipliers = st.one_of(st.just(0), st.integers(2**30, 2**31 - 1))


def gemmlowp_high_mul(a, b):
    """As written in gemmlowp: a nudge by the sign, then a division that truncates."""
    product = a * b
    nudge = 2**30 if product >= 0 else 1 - 2**30
    quotient = abs(product + nudge) // 2**31
    return quotient if product + nudge >= 0 else -quotient


@given(int32, multipliers)
def test_high_mul_is_gemmlowps(a, b):
    assert rounding_doubling_high_mul(a, b) == gemmlowp_high_mul(a, b)


@given(int32, st.integers(0, 31))
def test_divide_rounds_ties_away_from_zero(value, exponent):
    exact = Fraction(abs(value), 2**exponent)
    nearest = floor(exact + Fraction(1, 2))
    expected = nearest if value >= 0 else -nearest
    assert rounding_divide_by_power_of_two(value, exponent) == expected


@pytest.mark.parametrize(
    ("accumulator", "multiplier", "shift", "expected"),
    [
        (100, 2**30, 0, 50),
        (100, 2**30, 1, 100),
        (-100, 2**30, -1, -25),
        (-3, 2**30, 0, -1),  # -1.5: the first rounding goes up
        (-6, 2**30, -1, -2),  # -3 / 2 = -1.5: the second goes away from zero
        (2**31 - 1, 2**31 - 1, -31, 1),
        (2**30, 2**30, 1, -(2**30)),  # the left shift wraps, as the reference's int32 does
        (12345, 0, 0, 0),
    ],
)
def test_requantise_corner_cases(accumulator, multiplier, shift, expected):
    assert requantise(accumulator, multiplier, shift) == expected


@given(st.lists(st.integers(-128, 127), min_size=4, max_size=4))
def test_bytes_survive_packing(values):
    assert list(bytes_of(pack_bytes(values))) == values


@given(st.integers(), st.integers(1, 64))
def test_signed_keeps_the_low_bits(value, bits):
    assert (signed(value, bits) - value) % 2**bits == 0
    assert -(2 ** (bits - 1)) <= signed(value, bits) < 2 ** (bits - 1)
