"""Weights of three bytes stand for the scales of ADD and SUB, exactly for all pairs of values."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from compiler_intrinsics.arithmetic import requantise, rounding_divide_by_power_of_two
from compiler_intrinsics.arithmetic import rounding_doubling_high_mul as high_mul
from compiler_intrinsics.simd.geometry import Geometry
from dwpw.image.format import AddParam
from dwpw.kernels.pack_simd_values import lacks_for_sum
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.simd_sums import digits, sum_weights
from dwpw.plan.lower import sum_param

VALUES = range(-128, 128)


def lowered(kind: str, scales: tuple, offsets: tuple, clamp: tuple = (-128, 127)):
    """ADD or SUB with the scales of both inputs and of the output; minus their zero points."""
    return LoweredOperator(
        index=0,
        kind=kind,
        input_shape=(1, 1, 4),
        output_shape=(1, 1, 4),
        input_offset=offsets[0],
        input2_offset=offsets[1],
        output_offset=offsets[2],
        act_min=clamp[0],
        act_max=clamp[1],
        param=sum_param(*map(np.float32, scales)),
    )


def tflite(op: LoweredOperator, first: int, second: int) -> int:
    """The output as `integer_ops/add.h` works it out, in Python integers."""

    def scaled(value: int, offset: int, multiplier: AddParam, shift: AddParam) -> int:
        high = high_mul((value + offset) << op.param[AddParam.LEFT_SHIFT], op.param[multiplier])
        return rounding_divide_by_power_of_two(high, -op.param[shift])

    a = scaled(first, op.input_offset, AddParam.INPUT1_MULTIPLIER, AddParam.INPUT1_SHIFT)
    b = scaled(second, op.input2_offset, AddParam.INPUT2_MULTIPLIER, AddParam.INPUT2_SHIFT)
    total = a - b if op.kind == "SUB" else a + b
    value = requantise(total, op.param[AddParam.OUTPUT_MULTIPLIER], op.param[AddParam.OUTPUT_SHIFT])
    return max(op.act_min, min(op.act_max, value + op.output_offset))


def by_dot_products(op: LoweredOperator, first: int, second: int) -> int:
    """The output as the unit works it out, a byte of the weights after the other."""
    found = sum_weights(op)
    accumulator = 0
    for a, b in zip(digits(found.first), digits(found.second), strict=True):
        accumulator = (accumulator << 8) + first * a + second * b
    value = requantise(accumulator + found.bias, found.multiplier, found.shift)
    return max(op.act_min, min(op.act_max, value + op.output_offset))


def drawn(rng: random.Random) -> LoweredOperator:
    """Scales as trained models have them, with ties more often than they have."""
    first = 10 ** rng.uniform(-3, 0)
    second = first if rng.random() < 0.2 else first * 10 ** rng.uniform(-1, 1)
    output = 2 * first if rng.random() < 0.2 else max(first, second) * 10 ** rng.uniform(-0.2, 0.5)
    offsets = (rng.randrange(-127, 129), rng.randrange(-127, 129), rng.randrange(-128, 128))
    clamp = sorted(rng.choice((-128, 127, rng.choice(VALUES))) for _ in range(2))
    return lowered(rng.choice(("ADD", "SUB")), (first, second, output), offsets, tuple(clamp))


@pytest.mark.parametrize("kind", ["ADD", "SUB"])
@pytest.mark.parametrize(
    ("scales", "offsets"),
    [
        ((0.5, 0.5, 1.0), (0, 0, 0)),  # every other sum is a tie
        ((0.1, 0.1, 0.1), (128, -127, 3)),
        ((0.01, 0.3, 0.31), (5, -9, -128)),
    ],
    ids=["ties", "one scale", "far apart"],
)
def test_all_pairs_of_values_are_tflites(kind, scales, offsets):
    op = lowered(kind, scales, offsets)
    differing = [
        pair for pair in product(VALUES, VALUES) if by_dot_products(op, *pair) != tflite(op, *pair)
    ]
    assert not differing


@pytest.mark.parametrize("seed", range(20))
def test_weights_are_found_for_the_scales_of_models(seed):
    rng = random.Random(seed)
    op = drawn(rng)
    assert sum_weights(op) is not None
    for _ in range(300):
        pair = rng.choice(VALUES), rng.choice(VALUES)
        assert by_dot_products(op, *pair) == tflite(op, *pair), pair


@pytest.mark.full
def test_weights_are_found_for_nearly_all_scales():
    missing = [seed for seed in range(3000) if sum_weights(drawn(random.Random(seed))) is None]
    assert len(missing) < 30, missing


def test_a_weight_is_its_signed_bytes():
    for weight in (0, 1, -1, 127, 128, -129, 8_000_000, -8_000_000):
        high, middle, low = digits(weight)
        assert (high * 256 + middle) * 256 + low == weight
        assert all(-128 <= byte < 128 for byte in (middle, low))


def test_a_store_too_small_for_the_weights_is_named():
    assert lacks_for_sum(Geometry(store_entries=4)) == "store_entries of at least 6, not 4"
    assert lacks_for_sum(Geometry(store_entries=8)) == ""
