"""Zero point and clamp."""

from __future__ import annotations

from random import Random

import pytest

from rtl_ext.stream.clamp import Clamp
from tests.rtl_ext.drive import through


@pytest.mark.parametrize(
    ("zero_point", "least", "most"),
    [(0, -128, 127), (-128, -128, 127), (127, -100, 90), (5, 5, 120), (3, 20, -20), (0, 7, 7)],
)
def test_up_to_the_least_then_down_to_the_greatest(zero_point, least, most):
    rng = Random(zero_point)
    values = [
        -512,
        511,
        0,
        *range(-300, 300, 7),
        *(rng.randrange(-512, 512) for _ in range(50)),
    ]
    dut = _with_output(zero_point, least, most)
    found = through(dut, [{"value": value} for value in values], rng)
    expected = [min(most, max(least, value + zero_point)) for value in values]
    assert [result["value"] for result in found] == expected


def _with_output(zero_point: int, least: int, most: int) -> Clamp:
    """A clamp whose output stays as it is."""
    dut = Clamp()
    dut.comb += [
        dut.output.zero_point.eq(zero_point),
        dut.output.act_min.eq(least),
        dut.output.act_max.eq(most),
    ]
    return dut
