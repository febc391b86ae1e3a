"""The banks against one array of words."""

from __future__ import annotations

from random import Random

import pytest
from migen import passive, run_simulation

from compiler_intrinsics.stream.geometry import TAPS, Geometry
from rtl_ext.stream.activation_memory import ActivationMemory
from rtl_ext.stream.layouts import LOCAL_LATENCY
from tests.rtl_ext.drive import put

WORDS = 64
CYCLES = 800


@pytest.mark.parametrize("taps", TAPS)
def test_reads_see_all_words_written_before_and_answers_come_in_time(taps):
    """A read, and a result or an access, in every cycle."""
    rng = Random(taps)
    geometry = Geometry(taps=taps, activation_words=WORDS)
    dut = ActivationMemory(geometry)
    memory = [0] * WORDS
    reads, answers = {}, {}  # by the cycle in which they come
    uses = {}  # what words are to be: columns, a row or neither

    def window(address):
        return [(address // 8 + k) % WORDS for k in range(geometry.banks)]

    def feed():
        for cycle in range(CYCLES):
            address = rng.randrange(8 * WORDS)
            written = None
            kind = rng.choice(("result", "write", "read", "none"))
            place, word = rng.randrange(WORDS), rng.getrandbits(64)
            uses[cycle + 2] = use = rng.choice(("columns", "row", "off"))
            yield dut.as_columns.eq(use == "columns" or (use == "off" and rng.getrandbits(1)))
            yield dut.off.eq(use == "off")
            yield dut.address.eq(address)
            is_result = kind == "result"
            yield from put(dut.result, valid=is_result, address=place, data=is_result * word)
            if kind != "result":
                yield from put(dut.access, valid=kind != "none", write=kind == "write")
                yield from put(dut.access, address=place, data=word)
            else:  # whatever the memory engine wants waits
                yield from put(dut.access, valid=0, write=rng.getrandbits(1), address=0, data=0)
            if kind == "read":
                answers[cycle + 1 + LOCAL_LATENCY] = memory[place]
            if kind in ("result", "write"):
                written = place
            if written not in window(address):
                words = [memory[at] for at in window(address)]
                reads[cycle + 1 + dut.READ_LATENCY] = (words, address % 8)
            if written is not None:
                memory[written] = word
            yield

    @passive
    def watch():
        cycle = 0
        while True:
            assert (yield dut.answer_valid) == (cycle in answers)
            if cycle in answers:
                assert (yield dut.answer) == answers[cycle]
            if cycle in reads:
                words, offset = reads[cycle]
                nothing = [0] * len(words)
                columns = []
                for column in dut.columns:
                    columns.append((yield column))
                row = sum(word << (64 * at) for at, word in enumerate(words[:2]))
                assert columns == (words if uses[cycle] == "columns" else nothing)
                assert (yield dut.row) == (row if uses[cycle] == "row" else 0)
                assert (yield dut.offset) == offset
            cycle += 1
            yield

    run_simulation(dut, [feed(), watch()])
    assert len(reads) > CYCLES / 2


def test_a_result_goes_before_an_access():
    dut = ActivationMemory(Geometry(activation_words=WORDS))
    expected = {5: 111, 6: 222}

    def program():
        yield from put(dut.access, valid=1, write=1, address=6, data=222)
        yield
        yield from put(dut.result, valid=1, address=5, data=111)
        yield from put(dut.access, valid=1, write=1, address=6, data=0)
        yield
        yield from put(dut.result, valid=0, data=0)
        for address, word in expected.items():
            yield from put(dut.access, valid=1, write=0, address=address)
            yield
            yield from put(dut.access, valid=0)
            for _ in range(LOCAL_LATENCY):
                yield
            assert (yield dut.answer_valid)
            assert (yield dut.answer) == word

    run_simulation(dut, program())
