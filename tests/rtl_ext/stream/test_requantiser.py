"""Accumulators become words of int8 as `arithmetic.requantise` says."""

from __future__ import annotations

from random import Random

import pytest
from migen import ResetInserter, passive, run_simulation

from compiler_intrinsics.arithmetic import requantise, signed
from compiler_intrinsics.stream.geometry import GROUPS, MOST_LEFT, Geometry
from rtl_ext.stream.requantiser import Requantiser
from tests.rtl_ext.drive import LONGEST_PIPELINE, int32, put

RESULTS = 40


def random_shift(rng: Random) -> int:
    return rng.choice((rng.randrange(-31, 32), rng.randrange(-24, -8), -8, 0))


@pytest.mark.parametrize("requantisers", [1, 2, 4, 8])
def test_results_are_requantised_with_their_channels_parameters(requantisers):
    """As close together as they may be, or further apart; parameters change with a result."""
    rng = Random(requantisers)
    geometry = Geometry(requantisers=requantisers)
    dut = Requantiser(geometry)
    zero_point, least, most = -3, -120, 125
    found, expected = [], []

    def feed():
        yield from put(dut.output, zero_point=zero_point, act_min=least, act_max=most)
        for _ in range(RESULTS):
            values = [int32(rng) >> rng.choice((0, 4)) for _ in range(GROUPS)]
            scales = [
                (int32(rng) >> 12, rng.randrange(2**30, 2**31), random_shift(rng))
                for _ in range(GROUPS)
            ]
            word = 0
            for channel, (value, (bias, multiplier, shift)) in enumerate(
                zip(values, scales, strict=True)
            ):
                meant = shift & MOST_LEFT if shift > 0 else shift
                scaled = requantise(signed(value + bias, 32), multiplier, meant) + zero_point
                word |= (max(least, min(most, scaled)) & 0xFF) << (8 * channel)
            expected.append(word)
            for signal, value in zip(dut.accumulators, values, strict=True):
                yield signal.eq(value)
            for channel, (bias, multiplier, shift) in zip(dut.channels, scales, strict=True):
                yield from put(channel, bias=bias, multiplier=multiplier, shift=shift)
            yield dut.start.eq(1)
            for _ in range(geometry.result_cycles):
                yield
                yield dut.start.eq(0)
            for _ in range(rng.choice((0, 0, 0, 1, 7))):
                for signal in dut.accumulators:
                    yield signal.eq(rng.getrandbits(31))
                yield
        for _ in range(LONGEST_PIPELINE):
            yield

    @passive
    def watch():
        while True:
            word = yield dut.word
            if (yield dut.valid):
                found.append(word)
            else:
                assert word == 0, "others are or'ed with it"
            yield

    run_simulation(dut, [feed(), watch()])
    assert found == expected


def test_a_reset_leaves_no_word_behind_wherever_a_result_is():
    dut = ResetInserter()(Requantiser(Geometry(requantisers=1)))
    words = []

    def program():
        for signal in dut.accumulators:
            yield signal.eq(1 << 20)
        yield from put(dut.output, zero_point=1, act_min=-128, act_max=127)
        for delay in range(1, LONGEST_PIPELINE):
            yield dut.start.eq(1)
            yield
            yield dut.start.eq(0)
            for _ in range(delay):
                yield
            yield dut.reset.eq(1)
            yield
            yield dut.reset.eq(0)
            for _ in range(LONGEST_PIPELINE):
                yield
                words.append(((yield dut.valid), (yield dut.word)))

    run_simulation(dut, program())
    assert set(words) == {(0, 0)}
