"""Accumulators leave one by one, in the order of their channels."""

from __future__ import annotations

import random

from migen import passive, run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.serialiser import Serialiser
from tests.rtl_ext.drive import int32

GEOMETRY = Geometry()


def test_each_result_leaves_in_as_many_cycles_as_it_has_accumulators():
    rng = random.Random(1)
    dut = Serialiser(GEOMETRY)
    groups = GEOMETRY.groups
    leaving, left = [], []  # (value, last), a cycle behind their channels

    def program():
        for _ in range(60):
            values, group = [int32(rng) for _ in range(groups)], rng.randrange(8)
            for signal, value in zip(dut.accumulators, values, strict=True):
                yield signal.eq(value)
            yield dut.group.eq(group)
            yield dut.start.eq(1)
            yield
            yield dut.start.eq(0)
            for signal in dut.accumulators:
                yield signal.eq(int32(rng))
            yield dut.group.eq(rng.randrange(8))
            for place, value in enumerate(values):
                yield
                assert (yield dut.busy)
                assert (yield dut.source.channel) == groups * group + place
                leaving.append((value, int(place == groups - 1)))
            for _ in range(rng.choice((0, 0, 1, 5))):
                yield
                assert not (yield dut.busy)

        for _ in range(2):
            yield

    @passive
    def watch():
        busy = 0
        while True:
            found = (yield dut.source.value), (yield dut.source.last)
            if busy:
                left.append(found)
            else:
                assert found == (0, 0), "nothing is there"
            busy = yield dut.busy
            yield

    run_simulation(dut, [program(), watch()])
    assert left == leaving
