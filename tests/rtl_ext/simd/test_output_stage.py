"""Zero point, clamp and packing against bytes in Python."""

from __future__ import annotations

import random

from migen import passive, run_simulation

from compiler_intrinsics.arithmetic import pack_bytes
from rtl_ext.simd.output_stage import OutputStage
from tests.rtl_ext.drive import PAUSE, put

ROUNDS, RESULTS, BYTES = 30, 8, 4


def test_values_are_moved_clamped_and_packed_lowest_first():
    rng = random.Random(1)
    dut = OutputStage()
    found, expected = [], []

    def feed():
        for _ in range(ROUNDS):
            zero_point = rng.randrange(-128, 128)
            least, most = sorted(rng.randrange(-128, 128) for _ in range(2))
            yield from put(dut.output, zero_point=zero_point, act_min=least, act_max=most)
            for _ in range(RESULTS):
                values = [rng.randrange(-512, 513) >> rng.randrange(4) for _ in range(BYTES)]
                for place, value in enumerate(values):
                    yield from put(dut.sink, value=value, last=place == BYTES - 1)
                    yield
                expected.append(
                    pack_bytes(max(least, min(most, value + zero_point)) for value in values)
                )
                while rng.random() < PAUSE:
                    yield from put(dut.sink, value=rng.randrange(-512, 513), last=0)
                    yield
            yield from put(dut.sink, last=0)
            for _ in range(3):
                yield

    @passive
    def watch():
        while True:
            if (yield dut.valid):
                found.append((yield dut.result))
            yield

    run_simulation(dut, [feed(), watch()])
    assert found == expected
