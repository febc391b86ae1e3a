"""Bias and left shift against 32-bit arithmetic."""

from __future__ import annotations

import random

from compiler_intrinsics.arithmetic import signed
from rtl_ext.simd.prescaler import Prescaler
from tests.rtl_ext.drive import int32, through


def test_values_are_biased_and_shifted_left_and_the_rest_is_left_for_the_right():
    rng = random.Random(1)
    inputs = [
        {
            "value": int32(rng),
            "bias": int32(rng),
            "multiplier": rng.getrandbits(31),
            "shift": shift,
        }
        for shift in range(-31, 32)
        for _ in range(6)
    ]
    rng.shuffle(inputs)
    expected = [
        {
            "value": signed((item["value"] + item["bias"]) << max(item["shift"], 0), 32),
            "multiplier": item["multiplier"],
            "right": max(-item["shift"], 0),
        }
        for item in inputs
    ]
    assert through(Prescaler(), inputs, rng) == expected
