"""Places are taken when a result starts; words leave in their order."""

from __future__ import annotations

import random
from collections import deque

import pytest
from migen import run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.results import Results


@pytest.mark.parametrize("places", [2, 4, 16])
def test_results_under_way_and_waiting_are_counted_and_kept_in_order(places):
    rng = random.Random(places)
    dut = Results(Geometry(results=places))

    def program():
        under_way, waiting = 0, deque()
        for _ in range(800):
            fills = rng.random() < 0.6
            starts = under_way + len(waiting) < places and rng.random() < (0.8 if fills else 0.2)
            arrives = under_way > 0 and rng.random() < 0.4
            pops = rng.random() < (0.2 if fills else 0.6)
            word = rng.getrandbits(32)
            yield dut.started.eq(starts)
            yield dut.valid.eq(arrives)
            yield dut.word.eq(word)
            yield dut.pop.eq(pops)
            yield
            assert (yield dut.readable) == bool(waiting)
            assert not waiting or (yield dut.oldest) == waiting[0]
            assert (yield dut.full) == (under_way + len(waiting) == places)
            assert (yield dut.drained) == (under_way == 0)
            assert (yield dut.empty) == (under_way == 0 and not waiting)
            if pops and waiting:
                waiting.popleft()
            if arrives:
                waiting.append(word)
            under_way += starts - arrives

    run_simulation(dut, program())
