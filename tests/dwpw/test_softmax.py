"""The table of exponentials against real ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwpw.quant import SOFTMAX_INTEGER_BITS, softmax_arithmetic, softmax_factor
from dwpw.softmax import DIFFERENCES, ONE, exponential, exponential_table, halved, multiply

FRACTION = 1 << (31 - SOFTMAX_INTEGER_BITS)


@given(st.integers(-31 * FRACTION, 0))
def test_an_exponential_is_within_a_millionth(x: int) -> None:
    assert exponential(x) / 2**31 == pytest.approx(np.exp(x / FRACTION), abs=1e-6)


def test_the_exponential_of_0_is_the_largest_number() -> None:
    assert exponential(0) == ONE == 2**31 - 1


@given(
    st.floats(min_value=2.0**-23, max_value=128, width=32), st.floats(min_value=0.1, max_value=10)
)
def test_the_table_falls_from_1_and_ends_at_the_least_difference(scale: float, beta: float) -> None:
    if softmax_factor(beta, np.float32(scale)) <= 1:
        return  # no model with such a scale is read
    multiplier, left_shift, least = softmax_arithmetic(beta, np.float32(scale))
    table = exponential_table(multiplier, left_shift, least)
    assert table.shape == (DIFFERENCES,)
    assert table.dtype == np.int32
    assert table[0] == ONE
    assert np.all(np.diff(table.astype(np.int64)) <= 0)
    real = np.exp(-beta * float(np.float32(scale)) * np.arange(DIFFERENCES))
    assert np.abs(table / 2**31 - real).max() < 1e-6
    assert not table[1 - least :].any()


@pytest.mark.parametrize(
    ("a", "b", "wanted"), [(1, 1 << 30, 1), (-1, 1 << 30, 0), (3, 1 << 30, 2), (-3, 1 << 30, -1)]
)
def test_products_round_halves_up(a: int, b: int, wanted: int) -> None:
    assert multiply(a, b) == wanted


@pytest.mark.parametrize(
    ("value", "times", "wanted"), [(1, 1, 1), (-1, 1, -1), (5, 2, 1), (6, 2, 2), (-6, 2, -2)]
)
def test_divisions_round_halves_away_from_zero(value: int, times: int, wanted: int) -> None:
    assert halved(value, times) == wanted
