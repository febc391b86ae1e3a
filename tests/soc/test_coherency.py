"""CPU and unit on one main RAM: what one wrote before a flush is what the other reads behind it."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator, Sequence

import pytest
from litex.gen import LiteXModule
from migen import Record, passive

from rtl_ext.unit_memory import UNIT_MEMORY
from soc.l2.cache import L2Cache
from soc.memory_port.native import NativePort
from soc.memory_port.settle import QUIET_CYCLES, Settle
from tests.soc.l2.bench import (
    CLEARING,
    LINE,
    MEMORY,
    SIZE,
    TIMEOUT,
    Cpu,
    Sdram,
    filled_sdram,
    places,
    words_of,
)
from tests.soc.memory_master import MemoryMaster
from tests.support.compiled_simulation import run_compiled

WORDS = MEMORY // 4
ROUNDS = 5


class MemorySystem(LiteXModule):
    """The L2 and a unit's port, wired as the SoC does."""

    def __init__(self, cpu_port, unit_port) -> None:
        self.l2 = L2Cache(cpu_port, SIZE, LINE, MEMORY)
        self.native = NativePort(unit_port, MEMORY)
        self.settle = Settle(self.l2.bus)
        self.memory = Record(UNIT_MEMORY)
        self.bus = self.l2.bus

        # # #

        self.comb += [
            self.memory.cmd.connect(self.native.memory.cmd),
            self.memory.rdata.connect(self.native.memory.rdata),
            self.settle.flush.eq(self.memory.flush),
            self.l2.flush.eq(self.settle.settled & self.native.idle),
            self.memory.flushed.eq(self.l2.flushed),
        ]


class Unit(MemoryMaster):
    """A unit that reads and writes at random, and flushes."""

    def __init__(self, dut, rng: random.Random) -> None:
        super().__init__(dut.memory)
        self.rng = rng

    def flush(self) -> Generator:
        """Once all reads are answered."""
        while self.wanted:
            yield
        yield self.memory.flush.eq(1)
        for _ in range(20 * TIMEOUT):
            yield
            if (yield self.memory.flushed):
                yield self.memory.flush.eq(0)
                return
        raise AssertionError("the flush does not end")


def simulate(
    dut: MemorySystem, first: Sdram, second: Sdram, generators: Sequence[Generator]
) -> None:
    """Generators, in front of the two ports of one SDRAM."""
    ports = [*dut.bus.flatten(), *dut.memory.flatten(), *first.signals, *second.signals]
    run_compiled(dut, ports, [*generators, first.serve(), second.serve()])


def masked(old: int, new: int, mask: int) -> int:
    """`old` with the bytes of `new` that the mask names."""
    bits = sum(0xFF << 8 * byte for byte in range(8) if mask >> byte & 1)
    return old & ~bits | new & bits


def use_unit(unit: Unit, expected: list[int], allowed: Iterator[int]) -> Generator:
    """Reads and writes of words of 8 bytes at random."""
    for _ in range(unit.rng.randrange(24)):
        word = next(allowed)
        old = expected[2 * word] | expected[2 * word + 1] << 32
        if unit.rng.random() < 0.5:
            unit.wanted.append(old)
            yield from unit.access(word, write=0)
        else:
            data, mask = unit.rng.getrandbits(64), unit.rng.choice((255, unit.rng.getrandbits(8)))
            new = masked(old, data, mask)
            expected[2 * word], expected[2 * word + 1] = new & 0xFFFFFFFF, new >> 32
            yield from unit.access(word, 1, data, mask)
        if unit.rng.random() < 0.2:
            yield


def use_cpu(cpu: Cpu, rng: random.Random, expected: list[int], allowed: Iterator[int]) -> Generator:
    """Loads and stores at random."""
    for _ in range(rng.randrange(16)):
        word = next(allowed)
        if rng.random() < 0.5:
            assert (yield from cpu.load(word)) == expected[word]
        else:
            expected[word] = rng.getrandbits(32)
            yield from cpu.store(word, expected[word])
        yield from cpu.wait(rng.choice((0, 0, 1, 20)))


def lines_of(rng: random.Random, who: int) -> Iterator[int]:
    """Words of the CPU's (0) or the unit's (1) lines while both are at work: every other line."""
    return (word for word in places(rng) if word * 4 // LINE % 2 == who)


@pytest.mark.parametrize("width", [16, 32, 64, 128])
@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.full) for n in (1, 2))])
def test_each_reads_what_the_other_wrote_before_a_flush(width, seed):
    rng = random.Random(seed)
    first = filled_sdram(width, seed)
    second = Sdram(width, random.Random(seed + 7), bytes=first.bytes)
    expected = words_of(first.bytes)
    dut = MemorySystem(first.port, second.port)
    cpu, unit = Cpu(dut), Unit(dut, rng)
    working = [False]

    @passive
    def meanwhile() -> Generator:
        """The CPU, in its own lines, while the unit is at work in others."""
        own = lines_of(random.Random(seed + 9), 0)
        while True:
            if working[0]:
                yield from use_cpu(cpu, random.Random(rng.getrandbits(32)), expected, own)
                working[0] = False
            yield

    def program() -> Generator:
        yield from cpu.wait(CLEARING)
        anywhere = places(rng)
        units = (word // 2 for word in lines_of(rng, 1))
        for _ in range(ROUNDS):
            yield from use_cpu(cpu, rng, expected, anywhere)
            yield from unit.flush()
            working[0] = True
            yield from use_unit(unit, expected, units)
            while working[0]:
                yield
            yield from unit.flush()
        for word in range(WORDS):
            assert (yield from cpu.load(word)) == expected[word]
        yield from unit.flush()
        yield from cpu.wait(20)

    simulate(dut, first, second, [program(), meanwhile(), unit.listen()])
    assert words_of(first.bytes) == expected
    assert unit.reads > 10


def test_a_flush_waits_for_stores_that_are_on_their_way():
    """VexRiscv sends a store some cycles after it has executed it."""
    sdram, other = filled_sdram(), Sdram(16, random.Random(1))
    other.bytes = sdram.bytes
    dut = MemorySystem(sdram.port, other.port)
    cpu = Cpu(dut)

    def program() -> Generator:
        yield from cpu.wait(CLEARING)
        yield dut.memory.flush.eq(1)
        for word in range(3):
            yield from cpu.wait(QUIET_CYCLES - 3)
            yield from cpu.store(word, 100 + word)
        while not (yield dut.memory.flushed):
            yield
        yield dut.memory.flush.eq(0)
        yield from cpu.wait(12)
        assert words_of(sdram.bytes)[:3] == [100, 101, 102]

    simulate(dut, sdram, other, [program()])


def test_a_cpu_that_goes_on_storing_does_not_keep_a_flush_waiting():
    sdram, other = filled_sdram(), Sdram(16, random.Random(1))
    other.bytes = sdram.bytes
    dut = MemorySystem(sdram.port, other.port)
    cpu = Cpu(dut)
    flushed = []

    @passive
    def watch() -> Generator:
        while True:
            yield
            if (yield dut.memory.flushed):
                flushed.append(cpu.cycles)
                yield dut.memory.flush.eq(0)

    def program() -> Generator:
        yield from cpu.wait(CLEARING)
        yield dut.memory.flush.eq(1)
        for word in range(40):
            yield from cpu.store(word, word)
        yield from cpu.wait(100)

    simulate(dut, sdram, other, [program(), watch()])
    assert len(flushed) == 1
