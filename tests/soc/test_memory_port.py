"""A unit's port on main RAM, for every width of LiteDRAM's port and for the single-cycle RAM."""

from __future__ import annotations

import random
from collections.abc import Generator

import pytest
from litex.gen import LiteXModule
from migen import Memory, ResetInserter, passive, run_simulation

from soc.memory_port import native
from soc.memory_port.ideal import IdealPort
from soc.memory_port.native import NativePort
from tests.soc.l2.bench import LATENCY, MEMORY, Sdram, filled_sdram
from tests.soc.memory_master import MemoryMaster

WIDTHS = (16, 32, 64, 128)
ACCESSES = 150
ALL = 255


class Unit(MemoryMaster):
    """A unit that waits for the end of its accesses."""

    def drain(self) -> Generator:
        """Until all reads are answered, and all writes have moved."""
        while self.wanted:
            yield
        for _ in range(40):
            yield


def at_random(unit: Unit, rng: random.Random, expected: bytearray) -> Generator:
    """Reads and writes, of which `expected` holds what they leave."""
    for _ in range(ACCESSES):
        word = rng.choice((rng.randrange(8), rng.randrange(MEMORY // 8)))
        here = slice(8 * word, 8 * word + 8)
        if rng.random() < 0.5:
            unit.wanted.append(int.from_bytes(expected[here], "little"))
            yield from unit.access(word, write=0)
        else:
            data, mask = rng.randbytes(8), rng.choice((ALL, rng.getrandbits(8)))
            for byte in range(8):
                if mask >> byte & 1:
                    expected[8 * word + byte] = data[byte]
            yield from unit.access(word, 1, int.from_bytes(data, "little"), mask)
        while rng.random() < 0.2:
            yield
    yield from unit.drain()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("seed", range(2))
def test_accesses_happen_in_their_order(width, seed):
    sdram = filled_sdram(width, seed)
    expected = bytearray(sdram.bytes)
    unit = Unit((dut := NativePort(sdram.port, MEMORY)).memory)
    program = at_random(unit, random.Random(seed), expected)
    run_simulation(dut, [program, unit.listen(), sdram.serve()])
    assert sdram.bytes == expected


@pytest.mark.parametrize("seed", range(2))
def test_accesses_to_the_single_cycle_ram_happen_in_their_order(seed):
    rng = random.Random(seed)
    before = rng.randbytes(MEMORY)
    expected, left = bytearray(before), []
    words = [int.from_bytes(before[at : at + 4], "little") for at in range(0, MEMORY, 4)]

    class Ram(LiteXModule):
        def __init__(self) -> None:
            self.words = Memory(32, MEMORY // 4, init=words)
            self.specials += self.words
            self.port = IdealPort(self.words)

    unit = Unit((dut := Ram()).port.memory)

    def program() -> Generator:
        yield from at_random(unit, rng, expected)
        for word in range(MEMORY // 4):
            left.append((yield dut.words[word]).to_bytes(4, "little"))

    run_simulation(dut, [program(), unit.listen()])
    assert b"".join(left) == expected


class Willing(random.Random):
    """Makes `Sdram` take a command in every cycle."""

    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize("width", WIDTHS)
def test_loads_take_a_command_of_the_port_in_every_cycle(width):
    words = 64
    sdram = Sdram(width, Willing())
    unit = Unit((dut := NativePort(sdram.port, MEMORY)).memory)

    def program() -> Generator:
        for word in range(words):
            unit.wanted.append(0)
            yield from unit.access(word, write=0)
        while unit.wanted:
            yield

    run_simulation(dut, [program(), unit.listen(), sdram.serve()])
    commands = words * max(1, 64 // width)
    assert len(sdram.reads) == commands
    assert unit.cycles < commands + LATENCY + 8


@pytest.mark.parametrize("width", WIDTHS)
def test_the_port_rests_now_and_then(width, monkeypatch):
    """LiteDRAM leaves a bank to one port as long as that asks for it."""
    monkeypatch.setattr(native, "TURN", 20)
    words = 64
    sdram = Sdram(width, Willing())
    unit = Unit((dut := NativePort(sdram.port, MEMORY)).memory)
    offers: list[int] = []

    @passive
    def watch() -> Generator:
        while True:
            yield
            offers.append((yield sdram.port.cmd.valid))

    def program() -> Generator:
        for word in range(words):
            unit.wanted.append(0)
            yield from unit.access(word, write=0)
        while unit.wanted:
            yield

    run_simulation(dut, [program(), unit.listen(), watch(), sdram.serve()])
    spells = "".join(map(str, offers)).strip("0").split("0" * native.REST)
    assert len(spells) > len(sdram.reads) // 25
    assert max(spell.count("1") for spell in spells) <= 21


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("pause", range(0, 30, 5))
def test_a_reset_ends_what_is_under_way(width, pause):
    sdram = filled_sdram(width)
    dut = ResetInserter()(NativePort(sdram.port, MEMORY))
    unit = Unit(dut.memory)

    def program() -> Generator:
        for word in range(1 + pause // 5):
            unit.wanted.append(int.from_bytes(sdram.bytes[8 * word : 8 * word + 8], "little"))
            yield from unit.access(word, write=0)
            yield from unit.access(word + 20, 1, word, ALL)
        for _ in range(pause):
            yield
        sdram.in_reset = True
        yield dut.reset.eq(1)
        yield
        yield
        unit.wanted.clear()
        sdram.in_reset = False
        yield dut.reset.eq(0)
        yield
        yield from at_random(unit, random.Random(pause), expected := bytearray(sdram.bytes))
        assert sdram.bytes == expected

    run_simulation(dut, [program(), unit.listen(), sdram.serve()])
