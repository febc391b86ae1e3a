"""The products of an accumulator against their sum."""

from __future__ import annotations

import random

from migen import run_simulation

from compiler_intrinsics.simd.geometry import TAPS
from rtl_ext.simd.dot_product import DotProduct

CORNERS = (-128, 127, 0, -1)


def test_a_sum_of_products_comes_every_cycle_after_the_latency_it_states():
    rng = random.Random(1)
    dut = DotProduct(TAPS)
    lanes = len(dut.taps)

    def operands():
        if rng.random() < 0.3:
            return [-128] * lanes if rng.random() < 0.5 else rng.choices(CORNERS, k=lanes)
        return [rng.randrange(-128, 128) for _ in range(lanes)]

    def program():
        given = []
        for cycle in range(400):
            zero_point = rng.choice((0, rng.choice(CORNERS), rng.randrange(-128, 128)))
            taps, weights = operands(), operands()
            given.append((taps, [weight - zero_point for weight in weights]))
            yield dut.zero_point.eq(zero_point)
            for signals, values in ((dut.taps, taps), (dut.weights, weights)):
                for signal, value in zip(signals, values, strict=True):
                    yield signal.eq(value)
            # They are there in the next cycle, and their sum `latency` later.
            at = cycle - 1 - dut.latency
            if at >= 0:
                total = sum(tap * weight for tap, weight in zip(*given[at], strict=True))
                assert (yield dut.total) == total
            yield

    run_simulation(dut, program())


def test_the_latency_follows_from_operands_products_and_the_tree_of_sums():
    assert DotProduct(TAPS).latency == 2 + 2
