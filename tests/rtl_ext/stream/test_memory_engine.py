"""The memory engine alone against what its commands mean, with pauses on both sides."""

from __future__ import annotations

from collections import deque
from random import Random

import numpy as np
import pytest
from migen import passive, run_simulation

from compiler_intrinsics.stream.commands import MEMORY_COMMANDS, Space, Status
from compiler_intrinsics.stream.geometry import Geometry
from compiler_intrinsics.stream.move import MainRam, move
from rtl_ext.stream.layouts import LOCAL_LATENCY
from rtl_ext.stream.memory_engine import MemoryEngine

GEOMETRY = Geometry(activation_words=64, weight_entries=16)
RAM_BYTES = 1 << 10
TIMEOUT = 4000


class Surroundings:
    """Main RAM behind an open gate, and the memories of the unit; both with pauses."""

    def __init__(self, dut: MemoryEngine, rng: Random, pause: float) -> None:
        self.dut, self.rng, self.pause = dut, rng, pause
        self.ram = np.frombuffer(rng.randbytes(RAM_BYTES), np.uint8).copy()
        sizes = (GEOMETRY.activation_words * 8, GEOMETRY.weight_entries * GEOMETRY.entry_bytes)
        self.inside = [np.frombuffer(rng.randbytes(size), np.uint8).copy() for size in sizes]
        self.reads: deque[int] = deque()
        self.answers: deque[int | None] = deque()
        self.forget()

    def forget(self) -> None:
        """Answer nothing that was asked for before."""
        self.reads.clear()
        self.answers = deque([None] * (LOCAL_LATENCY - 1))

    @passive
    def gate(self):
        memory, reads = self.dut.memory, self.reads
        while True:
            ready = self.rng.random() >= self.pause
            answers = bool(reads) and self.rng.random() >= self.pause
            yield memory.ready.eq(ready)
            yield memory.answer_valid.eq(answers)
            yield memory.answer.eq(reads.popleft() if answers else 0)
            yield
            yield memory.written.eq(0)
            if ready and (yield memory.valid):
                at = (yield memory.address) & 0x7FFFFFFF
                if (yield memory.write):
                    data, mask = (yield memory.data).to_bytes(8, "little"), (yield memory.mask)
                    for byte in range(8):
                        if mask >> byte & 1:
                            self.ram[at + byte] = data[byte]
                    yield memory.written.eq(1)
                else:
                    reads.append(int(self.ram[at : at + 8].view("<u8")[0]))

    @passive
    def local(self):
        port = self.dut.local
        while True:
            ready = self.rng.random() >= self.pause
            yield port.ready.eq(ready)
            due = self.answers.popleft()
            yield port.answer_valid.eq(due is not None)
            yield port.answer.eq(due or 0)
            yield
            read = None
            if ready and (yield port.valid):
                words = self.inside[(yield port.space)].view("<u8")
                address = yield port.address
                if (yield port.write):
                    fill, value = (yield port.fill), (yield port.value)
                    words[address] = 0x0101010101010101 * value if fill else (yield port.data)
                else:
                    read = int(words[address])
            self.answers.append(read)


def random_fields(rng: Random, mnemonic: str) -> dict[str, int]:
    """Rows and planes that stay inside."""
    counts = [rng.choice((1, rng.randint(1, most))) for most in (12, 3, 2)]
    return {
        "space": rng.choice(list(Space)) if mnemonic == "load" else 0,
        "value": rng.randint(-128, 127),
        "tail": rng.randint(1, 8),
        "address": 1 << 31 | 8 * rng.randrange(16),
        "step1": 8 * rng.randrange(16),
        "step2": 8 * rng.randrange(30),
        "local": rng.randrange(8),
        "local0": rng.randrange(3),
        "local1": rng.randrange(8),
        "local2": rng.randrange(16),
        **{f"count{k}": count for k, count in enumerate(counts)},
    }


def begin(dut: MemoryEngine, opcode: int, fields: dict[str, int]):
    """Start a command."""
    for name, value in (*fields.items(), ("opcode", opcode)):
        yield getattr(dut.command, name).eq(value)
    yield dut.command.start.eq(1)
    yield
    yield dut.command.start.eq(0)
    for name in (*fields, "opcode"):
        yield getattr(dut.command, name).eq(0)  # the engine has latched them


def carry_out(dut: MemoryEngine, opcode: int, fields: dict[str, int]):
    """Status of a command."""
    yield from begin(dut, opcode, fields)
    return (yield from ended(dut))


def ended(dut: MemoryEngine):
    """Status of the command that is under way."""
    for _ in range(TIMEOUT):
        yield
        if (yield dut.command.done):
            status = yield dut.command.status
            yield
            assert not (yield dut.command.busy)
            return Status(status)
    raise AssertionError("the command does not end")


@pytest.mark.parametrize("pause", [0, 0.5])
@pytest.mark.parametrize("seed", range(2))
def test_moves_do_what_they_mean(seed, pause):
    rng = Random(seed)
    dut = MemoryEngine(GEOMETRY)
    around = Surroundings(dut, rng, pause)
    expected = MainRam(0, around.ram.copy())
    expected.windows = dict.fromkeys(expected.windows, range(RAM_BYTES))
    inside = [memory.copy() for memory in around.inside]

    def program():
        for _ in range(20):
            mnemonic = rng.choice(("load", "store", "fill"))
            opcode, fields = (
                MEMORY_COMMANDS.by_mnemonic[mnemonic].opcode,
                random_fields(rng, mnemonic),
            )
            assert (yield from carry_out(dut, opcode, fields)) is Status.DONE
            move(expected, *inside, opcode, fields)
            for _ in range(LOCAL_LATENCY):
                yield
            np.testing.assert_array_equal(around.ram, expected.data)
            for found, wanted in zip(around.inside, inside, strict=True):
                np.testing.assert_array_equal(found, wanted)

    run_simulation(dut, [program(), around.gate(), around.local()])


def test_a_load_takes_a_cycle_for_each_word_and_a_few():
    dut = MemoryEngine(GEOMETRY)
    around = Surroundings(dut, Random(0), 0)
    cycles, words = [0], 50

    @passive
    def count():
        while True:
            yield
            cycles[0] += 1

    def program():
        fields = random_fields(Random(0), "load") | {"count0": words, "count1": 1, "count2": 1}
        fields |= {"local": 0, "local0": 1, "space": 0}
        yield from carry_out(dut, MEMORY_COMMANDS.by_mnemonic["load"].opcode, fields)

    run_simulation(dut, [program(), count(), around.gate(), around.local()])
    assert words < cycles[0] < words + 16
