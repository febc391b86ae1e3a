"""Accumulators become words of int8 as `arithmetic.requantise` says."""

from __future__ import annotations

import random

from migen import passive, run_simulation

from compiler_intrinsics.arithmetic import pack_bytes, requantise, signed
from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.requantiser import Requantiser
from tests.rtl_ext.drive import LONGEST_PIPELINE, int32, put

GEOMETRY = Geometry(param_groups=4)
RESULTS = 80


def test_results_are_requantised_with_their_channels_parameters():
    rng = random.Random(1)
    dut = Requantiser(GEOMETRY)
    groups, channels = GEOMETRY.groups, GEOMETRY.channels
    zero_point, least, most = -3, -120, 125
    # So that most results are neither 0 nor clamped.
    scales = [
        (int32(rng) >> 12, rng.randrange(2**30, 2**31), rng.randrange(-24, -8))
        for _ in range(channels)
    ]
    found, expected = [], []

    def feed():
        yield from put(dut.output, zero_point=zero_point, act_min=least, act_max=most)
        for channel, (bias, multiplier, shift) in enumerate(scales):
            yield from put(dut.scale, write_bias=1, write_scale=1, channel=channel)
            yield from put(dut.scale, bias=bias, multiplier=multiplier, shift=shift)
            yield
        yield from put(dut.scale, write_bias=0, write_scale=0)
        for _ in range(RESULTS):
            group = rng.randrange(GEOMETRY.param_groups)
            values = [int32(rng) >> 4 for _ in range(groups)]
            packed = []
            for value, (bias, multiplier, shift) in zip(
                values, scales[groups * group :], strict=False
            ):
                scaled = requantise(signed(value + bias, 32), multiplier, shift)
                packed.append(max(least, min(most, scaled + zero_point)))
            expected.append(pack_bytes(packed))
            for signal, value in zip(dut.accumulators, values, strict=True):
                yield signal.eq(value)
            yield dut.group.eq(group)
            yield dut.start.eq(1)
            yield
            yield dut.start.eq(0)
            for _ in range(groups - 1 + rng.choice((0, 0, 0, 1, 7))):
                yield
        for _ in range(LONGEST_PIPELINE):
            yield

    @passive
    def watch():
        while True:
            if (yield dut.valid):
                found.append((yield dut.result))
            yield

    run_simulation(dut, [feed(), watch()])
    assert found == expected
    assert len(set(found)) > RESULTS / 2, "hardly any result says anything"
