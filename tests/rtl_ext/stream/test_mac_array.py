"""The lanes against the sums that they stand for."""

from __future__ import annotations

from random import Random

import pytest
from migen import passive, run_simulation

from compiler_intrinsics.arithmetic import signed
from compiler_intrinsics.stream.geometry import GROUPS, TAPS, Geometry
from rtl_ext.stream.mac_array import MacArray
from tests.rtl_ext.drive import PAUSE, put

RESULTS = 60


def random_byte(rng: Random) -> int:
    return rng.choice((-128, 127, rng.randrange(-128, 128)))


def packed(values: list[int]) -> int:
    return sum((value & 0xFF) << (8 * at) for at, value in enumerate(values))


def test_a_step_of_parameters_forgets_a_result_that_was_cut_short():
    dut = MacArray(Geometry())
    found = []

    def feed():
        yield dut.entry.eq(packed([1] * 32))
        for column in dut.columns:
            yield column.eq(packed([5] * 8))
        for kind in ({"last": 0}, {"parameters": 1, "last": 0}, {"parameters": 0, "last": 1}):
            yield from put(dut.step, valid=1, **kind)
            yield
        yield from put(dut.step, valid=0)
        while not (yield dut.complete):
            yield
        for accumulator in dut.accumulators:
            found.append((yield accumulator))

    run_simulation(dut, feed())
    assert found == [4 * 5] * GROUPS


@pytest.mark.parametrize("depthwise", [0, 1])
@pytest.mark.parametrize("taps", TAPS)
def test_accumulators_are_sums_of_products_whatever_lies_between_steps(taps, depthwise):
    rng = Random(10 * taps + depthwise)
    geometry = Geometry(taps=taps)
    dut = MacArray(geometry)
    zero_point = random_byte(rng)
    found, expected = [], []

    def feed():
        yield dut.zero_point.eq(zero_point)
        for _ in range(RESULTS):
            totals, steps, fresh = [0] * GROUPS, rng.choice((1, 1, 2, 5)), rng.getrandbits(1)
            for step in range(steps):
                while rng.random() < PAUSE:
                    between = not step and rng.getrandbits(1)
                    yield from put(dut.step, valid=between, parameters=between, last=0)
                    yield
                pixels = [[random_byte(rng) for _ in range(8)] for _ in range(geometry.banks)]
                weights = [[random_byte(rng) for _ in range(taps)] for _ in range(GROUPS)]
                offset, up = rng.randrange(8), rng.random() < 0.3
                row = [byte for pixel in pixels for byte in pixel][offset:]
                for group in range(GROUPS):
                    values = [pixel[group] for pixel in pixels] if depthwise else row
                    pairs = zip(values, weights[group], strict=False)
                    total = totals[group] * (256 if up else 1)
                    total += sum(value * (weight - zero_point) for value, weight in pairs)
                    totals[group] = signed(total, 32)
                last = step == steps - 1
                yield from put(dut.step, valid=1, parameters=0, up=up, last=last)
                yield dut.step.fresh.eq(fresh)
                yield dut.offset.eq(offset)
                yield dut.entry.eq(packed([weight for group in weights for weight in group]))
                if depthwise:
                    for column, pixel in zip(dut.columns, pixels, strict=True):
                        yield column.eq(packed(pixel))
                else:
                    yield dut.row.eq(packed([byte for pixel in pixels for byte in pixel]))
                yield
            expected.append((fresh, totals))
        yield from put(dut.step, valid=0)
        for _ in range(dut.latency + 2):
            yield

    @passive
    def watch():
        fresh = 0
        while True:
            if (yield dut.complete):
                values = []
                for accumulator in dut.accumulators:
                    values.append((yield accumulator))
                found.append((fresh, values))
            fresh = yield dut.fresh  # a cycle ahead
            yield

    run_simulation(dut, [feed(), watch()])
    assert found == expected
