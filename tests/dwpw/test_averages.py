"""Averages by the extension: the division is the reference kernel's, to the last bit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler_intrinsics.arithmetic import requantise
from dwpw.kernels.pack_simd import MAX_AVERAGED, average_multiplier, is_average
from dwpw.kernels.packing import LoweredOperator


def reference_average(total: int, count: int) -> int:
    """AveragePool of TFLite's reference_integer_ops: C division truncates."""
    half = count // 2
    rounded = total + half if total > 0 else total - half
    return rounded // count if rounded >= 0 else -(-rounded // count)


@given(st.integers(2, MAX_AVERAGED), st.data())
def test_requantising_divides_as_the_reference_kernel_does(count: int, data: st.DataObject):
    total = data.draw(st.integers(-128 * count, 127 * count))
    assert requantise(total, average_multiplier(count), 0) == reference_average(total, count)


@pytest.mark.parametrize("count", [2, 3, 4, 9, 16, 49, 64, 1024, MAX_AVERAGED - 1, MAX_AVERAGED])
def test_every_tie_and_its_neighbours_divide_exactly(count: int):
    multiplier = average_multiplier(count)
    for value in range(-128, 128):
        for total in (value * count + count // 2 + offset for offset in (-1, 0, 1, 2)):
            assert requantise(total, multiplier, 0) == reference_average(total, count)


def pool(**changes: object) -> LoweredOperator:
    usual = {"input_shape": (4, 4, 8), "output_shape": (2, 2, 8), "kernel": (2, 2)}
    return LoweredOperator(0, "AVERAGE_POOL_2D", **(usual | {"stride": (2, 2)} | changes))


def test_the_extension_takes_windows_that_lie_inside_the_input():
    assert is_average(pool())
    assert not is_average(pool(output_shape=(2, 3, 8)))
    assert not is_average(pool(pad=(1, 0)))


def test_the_extension_takes_windows_whose_division_is_exact():
    assert not is_average(pool(kernel=(1, 1)))
    assert is_average(
        pool(input_shape=(23, 89, 8), output_shape=(1, 1, 8), kernel=(23, MAX_AVERAGED // 23))
    )
    assert not is_average(pool(input_shape=(32, 64, 8), output_shape=(1, 1, 8), kernel=(32, 64)))


def test_the_extension_takes_whole_words_of_channels():
    assert not is_average(pool(input_shape=(4, 4, 6), output_shape=(2, 2, 6)))
