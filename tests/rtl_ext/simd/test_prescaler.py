"""Bias and left shift against 32-bit arithmetic."""

from __future__ import annotations

import random

import pytest

from compiler_intrinsics.arithmetic import signed
from compiler_intrinsics.stream.geometry import LEFT_BITS, MOST_LEFT
from rtl_ext.simd import prescaler as in_one_step
from rtl_ext.simd.layouts import RIGHT
from rtl_ext.stream import prescaler as in_two_steps
from tests.rtl_ext.drive import int32, through


@pytest.mark.parametrize(
    ("make", "counts"),
    [
        (in_one_step.Prescaler, 31),
        (lambda: in_two_steps.Prescaler(RIGHT), 31),
        (lambda: in_two_steps.Prescaler(LEFT_BITS), MOST_LEFT),
    ],
    ids=["simd", "stream, all bits", "stream, the lowest"],
)
def test_values_are_biased_and_shifted_left_and_the_rest_is_left_for_the_right(make, counts):
    """`counts`: the bits of a shift to the left that do."""
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
            "value": signed((item["value"] + item["bias"]) << (max(item["shift"], 0) & counts), 32),
            "multiplier": item["multiplier"],
            "right": max(-item["shift"], 0),
        }
        for item in inputs
    ]
    assert through(make(), inputs, rng) == expected
