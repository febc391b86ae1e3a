"""Results keep their distance, and nothing else waits."""

from __future__ import annotations

import random

from migen import Signal, run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.result_gate import ResultGate

GEOMETRY = Geometry()


def test_words_wait_only_behind_a_result_and_results_for_the_requantiser():
    rng = random.Random(1)
    dut = ResultGate(GEOMETRY)
    wanted = Signal()
    dut.comb += dut.passed.eq(wanted & dut.open)

    def program():
        since = 100  # cycles since the last word of a result
        for _ in range(1500):
            last, full, want = rng.random() < 0.5, rng.random() < 0.2, rng.random() < 0.8
            yield dut.last.eq(last)
            yield dut.full.eq(full)
            yield wanted.eq(want)
            yield
            is_open = yield dut.open
            expected = since > 1 and not (last and (full or since < GEOMETRY.groups))
            assert is_open == expected, f"{since} cycles behind a result"
            since = 1 if want and is_open and last else since + 1

    run_simulation(dut, program())
