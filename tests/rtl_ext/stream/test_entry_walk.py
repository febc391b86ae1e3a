"""Entries in the order in which a command reads them."""

from __future__ import annotations

from random import Random

import pytest
from migen import run_simulation

from compiler_intrinsics.stream.commands import LOCAL_BITS
from compiler_intrinsics.stream.geometry import Geometry
from rtl_ext.stream.entry_walk import EntryWalk
from tests.rtl_ext.drive import PAUSE

GEOMETRY = Geometry(weight_entries=64)


@pytest.mark.parametrize("distance", [0, 11, 40, (1 << LOCAL_BITS) - 7])
def test_each_group_has_its_parameters_and_each_result_the_groups_weights(distance):
    rng = Random(distance)
    dut = EntryWalk(GEOMETRY)
    parameters, steps, results, groups, first = 3, 4, 3, 3, 9

    def go(place, **flags):
        yield dut.advance.eq(0)
        for name in ("parameters", "last", "group_last"):
            yield getattr(dut, name).eq(flags.get(name, 0))
        yield
        while rng.random() < PAUSE:
            yield
        yield dut.advance.eq(1)
        assert (yield dut.place) == place % (1 << LOCAL_BITS)
        assert (yield dut.outside) == (place % (1 << LOCAL_BITS) >= GEOMETRY.weight_entries)
        yield

    def program():
        yield dut.first.eq(first)
        yield dut.distance.eq(distance)
        yield dut.load.eq(1)
        yield
        yield dut.load.eq(0)
        for group in range(groups):
            start = first + group * distance
            for number in range(parameters):
                # What the loops say meanwhile does not count.
                yield from go(start + number, parameters=1, last=1, group_last=1)
            for result in range(results):
                for step in range(steps):
                    last = step == steps - 1
                    group_last = last and result == results - 1
                    place = start + parameters + step
                    yield from go(place, last=last, group_last=group_last)

    run_simulation(dut, program())
