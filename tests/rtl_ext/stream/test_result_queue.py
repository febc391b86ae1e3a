"""Places of results against a list."""

from __future__ import annotations

from random import Random

import pytest
from migen import run_simulation

from compiler_intrinsics.stream.geometry import Geometry
from rtl_ext.stream.result_queue import ResultQueue


@pytest.mark.parametrize("eagerness", [0.3, 0.5, 0.9])
def test_places_leave_in_the_order_in_which_they_came(eagerness):
    rng = Random(1)
    dut = ResultQueue(Geometry())
    waiting = []

    def program():
        full = 0
        for _ in range(600):
            yield dut.push.eq(0)
            yield dut.pop.eq(0)
            yield
            assert (yield dut.empty) == (not waiting)
            if waiting:
                assert (yield dut.oldest) == waiting[0]
                if rng.random() > eagerness:
                    yield dut.pop.eq(1)
                    waiting.pop(0)
            if (yield dut.room):
                if rng.random() < eagerness:
                    place = rng.getrandbits(16)
                    yield dut.push.eq(1)
                    yield dut.place.eq(place)
                    waiting.append(place)
            else:
                full += 1
            yield
        assert eagerness < 0.6 or full

    run_simulation(dut, program())
