"""Entries against the words that they were written by."""

from __future__ import annotations

from random import Random

import pytest
from migen import run_simulation

from compiler_intrinsics.stream.geometry import TAPS, Geometry
from rtl_ext.stream.weight_memory import WeightMemory
from tests.rtl_ext.drive import put

ENTRIES = 16


@pytest.mark.parametrize("taps", TAPS)
def test_entries_are_read_as_a_whole_and_written_by_words(taps):
    rng = Random(taps)
    geometry = Geometry(taps=taps, weight_entries=ENTRIES)
    dut = WeightMemory(geometry)
    words = geometry.entry_bytes // 8
    memory = [[0] * words for _ in range(ENTRIES)]
    expected = {}

    def program():
        waiting = None  # an entry of which a word is still in a register
        for cycle in range(400):
            entry, address, word = (rng.randrange(n) for n in (ENTRIES, ENTRIES * words, 1 << 64))
            writes = rng.random() < 0.5
            yield dut.address.eq(entry)
            yield from put(dut.write, valid=writes, address=address, data=word)
            if entry != waiting:
                whole = sum(value << (64 * part) for part, value in enumerate(memory[entry]))
                expected[cycle + 1 + dut.READ_LATENCY] = whole
            if cycle in expected:
                assert (yield dut.entry) == expected[cycle]
            waiting = address // words if writes else None
            if writes:
                memory[address // words][address % words] = word
            yield

    run_simulation(dut, program())
    assert len(expected) > 300


def test_a_word_reaches_its_part_of_its_entry_only():
    dut = WeightMemory(Geometry(weight_entries=ENTRIES))

    def program():
        for address in range(4):
            yield from put(dut.write, valid=1, address=4 * 9 + address, data=10 + address)
            yield
        yield from put(dut.write, valid=1, address=4 * 9 + 2, data=77)
        yield
        yield from put(dut.write, valid=0)
        yield dut.address.eq(9)
        for _ in range(2 + dut.READ_LATENCY):
            yield
        assert (yield dut.entry) == 10 | 11 << 64 | 77 << 128 | 13 << 192

    run_simulation(dut, program())
