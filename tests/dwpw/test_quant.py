"""The arithmetic that TFLite prepares, against exact rational numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwpw.quant import (
    activation_range,
    add_arithmetic,
    conv_multipliers,
    fully_connected_multipliers,
    mean_multiplier,
    quantise_multiplier,
    round_half_away,
    softmax_arithmetic,
)

positive = st.floats(min_value=1e-9, max_value=1e9)


@given(positive)
def test_a_multiplier_is_the_factor_to_within_half_of_its_last_bit(real: float) -> None:
    multiplier, shift = quantise_multiplier(real)
    assert 1 << 30 <= multiplier < 1 << 31
    unit = Fraction(2) ** (shift - 31)
    assert abs(multiplier * unit - Fraction(real)) <= unit / 2


@pytest.mark.parametrize(
    ("real", "wanted"),
    [
        (0.0, (0, 0)),
        (1.0, (1 << 30, 1)),
        (0.5, (1 << 30, 0)),
        (0.25, (1 << 30, -1)),
        (0.9999999999, (1 << 30, 1)),  # rounds up to the next power of two
        (2.0**-32, (1 << 30, -31)),
        (2.0**-33, (0, 0)),  # a shift beyond 31 bits leaves nothing
    ],
)
def test_multipliers_at_the_corners(real: float, wanted: tuple[int, int]) -> None:
    assert quantise_multiplier(real) == wanted


@given(st.integers(-(2**20), 2**20))
def test_halves_are_rounded_away_from_zero(value: int) -> None:
    half = value + (0.5 if value >= 0 else -0.5)
    assert round_half_away(half) == value + (1 if value >= 0 else -1)
    assert round_half_away(float(value)) == value


def test_per_tensor_weights_give_every_channel_the_same_multiplier() -> None:
    multiplier, shift = conv_multipliers(np.float32(0.5), np.float32([0.25]), np.float32(1), 3)
    assert multiplier.tolist() == [1 << 30] * 3
    assert shift.tolist() == [-2] * 3
    assert multiplier.dtype == shift.dtype == np.int32


def test_a_dense_layer_multiplies_its_scales_in_single_precision() -> None:
    source, weight, output = np.float32(0.1), np.float32(0.3), np.float32(0.7)
    conv = conv_multipliers(source, np.array([weight]), output, 1)
    dense = fully_connected_multipliers(source, np.array([weight]), output, 1)
    product = float(np.float32(source * weight)) / float(output)
    assert (dense[0][0], dense[1][0]) == quantise_multiplier(product)
    assert conv[0][0] != dense[0][0]  # the example shows the difference


@pytest.mark.parametrize(
    ("activation", "zero_point", "wanted"),
    [
        ("NONE", 5, (-128, 127)),
        ("RELU", -128, (-128, 127)),
        ("RELU", 5, (5, 127)),
        ("RELU6", -128, (-128, -68)),
        ("RELU6", 100, (100, 127)),
        ("RELU_N1_TO_1", 0, (-10, 10)),
    ],
)
def test_activations_clamp_around_the_zero_point(
    activation: str, zero_point: int, wanted: tuple[int, int]
) -> None:
    assert activation_range(activation, np.float32(0.1), zero_point) == wanted


@given(positive, positive)
def test_add_scales_both_operands_to_twice_the_larger(first: float, second: float) -> None:
    one, two = np.float32(first), np.float32(second)
    arithmetic = add_arithmetic(one, two, max(one, two))
    larger = arithmetic.input1 if one >= two else arithmetic.input2
    assert larger == (1 << 30, 0)  # one half
    assert arithmetic.output == (1 << 30, -18)  # 2 / 2^20


@given(st.integers(1, 4096), st.floats(min_value=0.01, max_value=100))
def test_a_mean_divides_by_the_number_of_elements(elements: int, ratio: float) -> None:
    multiplier, shift = mean_multiplier(np.float32(ratio), np.float32(1), elements)
    wanted = Fraction(float(np.float32(ratio))) / elements
    assert 0 < multiplier < 1 << 31
    assert multiplier * Fraction(2) ** (shift - 31) == pytest.approx(float(wanted), rel=2**-28)


@given(st.floats(min_value=1e-4, max_value=10), st.floats(min_value=0.1, max_value=10))
def test_softmax_drops_only_differences_that_would_overflow(scale: float, beta: float) -> None:
    multiplier, left_shift, least = softmax_arithmetic(beta, np.float32(scale))
    factor = Fraction(multiplier) * Fraction(2) ** (left_shift - 31)
    limit = 31 * 2**26  # 31.0 with five integer bits
    assert -least * Fraction(2) ** left_shift <= limit
    assert factor > 1
