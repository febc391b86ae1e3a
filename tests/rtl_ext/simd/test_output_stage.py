"""Zero point, clamp, table and packing against bytes in Python."""

from __future__ import annotations

import random

from migen import passive, run_simulation

from compiler_intrinsics.arithmetic import bytes_of, pack_bytes
from compiler_intrinsics.simd.geometry import TABLE_WORDS
from rtl_ext.simd.output_stage import OutputStage
from tests.rtl_ext.drive import LONGEST_PIPELINE, PAUSE, put

ROUNDS, RESULTS, BYTES = 30, 8, 4
TABLE_EVERY = 10


def test_values_are_moved_clamped_looked_up_and_packed_lowest_first():
    rng = random.Random(1)
    dut = OutputStage()
    table = [0] * 256
    found, expected = [], []

    def new_table():
        for place in range(TABLE_WORDS):
            four = rng.getrandbits(32)
            yield from put(dut.table, enable=1, place=place, four=four)
            yield
            table[BYTES * place : BYTES * (place + 1)] = bytes_of(four)
        yield from put(dut.table, enable=0)

    def feed():
        for number in range(ROUNDS):
            if number % TABLE_EVERY == 0:
                yield from new_table()
            through_table = rng.randrange(2)
            zero_point = rng.randrange(-128, 128)
            least, most = sorted(rng.randrange(-128, 128) for _ in range(2))
            yield from put(dut.output, zero_point=zero_point, act_min=least, act_max=most)
            yield from put(dut.output, through_table=through_table)
            for _ in range(RESULTS):
                values = [rng.randrange(-256, 257) >> rng.randrange(4) for _ in range(BYTES)]
                for place, value in enumerate(values):
                    yield from put(dut.sink, value=value, last=place == BYTES - 1)
                    yield
                clamped = [max(least, min(most, value + zero_point)) for value in values]
                looked_up = [table[value & 0xFF] for value in clamped]
                expected.append(pack_bytes(looked_up if through_table else clamped))
                while rng.random() < PAUSE:
                    yield from put(dut.sink, value=rng.randrange(-256, 257), last=0)
                    yield
            yield from put(dut.sink, last=0)
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
