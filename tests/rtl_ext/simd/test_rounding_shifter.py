"""The rounding right shift against its meaning."""

from __future__ import annotations

import random

from compiler_intrinsics.arithmetic import rounding_divide_by_power_of_two
from rtl_ext.simd.rounding_shifter import RoundingShifter
from tests.rtl_ext.drive import int32, through

LEAST, MOST = -256, 255


def values(rng: random.Random, right: int) -> list[int]:
    """Any, and those around ties and around the ends of what is kept."""
    half = 1 << right >> 1
    near = [
        (whole << right) + half + nudge
        for whole in (LEAST - 1, LEAST, -2, -1, 0, 1, MOST - 1, MOST, MOST + 1)
        for nudge in (-1, 0, 1)
    ]
    every = [*near, *(int32(rng) for _ in range(20)), -(2**31), 2**31 - 1]
    return [value for value in every if -(2**31) <= value < 2**31]


def test_shifts_round_to_nearest_with_ties_away_from_zero_and_saturate():
    rng = random.Random(1)
    inputs = [
        {"high": value - below, "below": below, "right": right}
        for right in range(32)
        for value in values(rng, right)
        for below in (0, 1)
        if value - below >= -(2**31)
    ]
    rng.shuffle(inputs)
    found = through(RoundingShifter(), inputs, rng)
    wrong = []
    for given, output in zip(inputs, found, strict=True):
        exact = rounding_divide_by_power_of_two(given["high"] + given["below"], given["right"])
        value = output["value"]
        saturated = (exact > MOST and value >= MOST) or (exact < LEAST and value <= LEAST)
        if value != exact and not saturated:
            wrong.append((given, exact, value))
    assert not wrong
