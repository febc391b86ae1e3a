"""The L2 against a memory of bytes: whatever a CPU asks for, in front of a slow SDRAM."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import pytest
from litedram.common import LiteDRAMNativePort
from litex.soc.interconnect.wishbone import CTI_BURST_END, CTI_BURST_INCREMENTING, CTI_BURST_NONE
from migen import ResetInserter, passive, run_simulation

from soc.l2.cache import L2Cache

SIZE = 256
LINE = 32
LINE_WORDS = LINE // 4
MEMORY = 1024
BASE = 0x4000_0000 // 4
"""Main RAM's place on the bus, in words; the cache looks at the lower bits only."""
LATENCY = 5
"""Cycles from a command to its data; no LiteDRAM PHY is quicker."""
TIMEOUT = 500
CLEARING = SIZE // LINE + 2
"""Cycles in which the cache clears itself."""


@dataclass
class Sdram:
    """A LiteDRAM native port of `width` bits with memory behind it."""

    width: int
    rng: random.Random
    bytes: bytearray = field(default_factory=lambda: bytearray(MEMORY))
    reads: list[int] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)
    """Addresses of the commands, in words of the port."""
    in_reset: bool = False
    """The controller's commands end with those of the cache."""

    def __post_init__(self) -> None:
        words = MEMORY * 8 // self.width
        self.port = LiteDRAMNativePort("both", (words - 1).bit_length(), self.width)

    @passive
    def serve(self) -> Generator:
        """Takes commands at random; data moves LATENCY later and cannot be held."""
        port, step = self.port, self.width // 8
        pending: deque[tuple[int, bool] | None] = deque([None] * LATENCY)
        while True:
            ready = self.rng.random() < 0.7
            yield port.cmd.ready.eq(ready)
            due = pending.popleft()
            reading, writing = due is not None and not due[1], due is not None and due[1]
            yield port.rdata.valid.eq(reading)
            yield port.wdata.ready.eq(writing)
            if reading:
                word = self.bytes[due[0] * step : due[0] * step + step]
                yield port.rdata.data.eq(int.from_bytes(word, "little"))
            yield
            if self.in_reset:
                pending = deque([None] * LATENCY)
                continue
            if writing:
                assert (yield port.wdata.valid), "LiteDRAM does not wait for data"
                data = (yield port.wdata.data).to_bytes(step, "little")
                enabled = yield port.wdata.we
                for byte in range(step):
                    if enabled >> byte & 1:
                        self.bytes[due[0] * step + byte] = data[byte]
            if ready and (yield port.cmd.valid):
                command = (yield port.cmd.addr), bool((yield port.cmd.we))
                (self.writes if command[1] else self.reads).append(command[0])
                pending.append(command)
            else:
                pending.append(None)


@dataclass
class Cpu:
    """Asks the cache as VexRiscv does: bursts of a line, single loads, stores."""

    dut: L2Cache
    cycles: int = 0

    def _access(self, word: int, cti: int, **signals: int) -> Generator:
        bus = self.dut.bus
        yield bus.adr.eq(BASE + word)
        yield bus.cti.eq(cti)
        for name, value in signals.items():
            yield getattr(bus, name).eq(value)
        yield bus.cyc.eq(1)
        yield bus.stb.eq(1)
        for _ in range(TIMEOUT):
            yield
            self.cycles += 1
            if (yield bus.ack):
                return (yield bus.dat_r)
        raise AssertionError(f"no answer at word {word}")

    def _release(self) -> Generator:
        yield self.dut.bus.cyc.eq(0)
        yield self.dut.bus.stb.eq(0)

    def wait(self, cycles: int) -> Generator:
        for _ in range(cycles):
            yield
            self.cycles += 1

    def load(self, word: int) -> Generator:
        """One word."""
        value = yield from self._access(word, CTI_BURST_NONE, we=0, sel=15)
        yield from self._release()
        return value

    def burst(self, word: int) -> Generator:
        """The words from `word` to the end of its line."""
        values = []
        last = word | (LINE_WORDS - 1)
        for place in range(word, last + 1):
            cti = CTI_BURST_END if place == last else CTI_BURST_INCREMENTING
            values.append((yield from self._access(place, cti, we=0, sel=15)))
        yield from self._release()
        return values

    def store(self, word: int, value: int, sel: int = 15) -> Generator:
        yield from self._access(word, CTI_BURST_NONE, we=1, sel=sel, dat_w=value)
        yield from self._release()


def simulate(sdram: Sdram, program) -> Cpu:
    """Run `program(cpu)` on a cache in front of `sdram`."""
    cpu = Cpu(ResetInserter()(L2Cache(sdram.port, SIZE, LINE, MEMORY)))

    def run() -> Generator:
        yield from cpu.wait(CLEARING)
        cpu.cycles = 0
        yield from program(cpu)

    run_simulation(cpu.dut, [run(), sdram.serve()])
    return cpu


def filled_sdram(width: int = 16, seed: int = 0) -> Sdram:
    sdram = Sdram(width, random.Random(seed))
    sdram.bytes[:] = random.Random(seed + 1).randbytes(MEMORY)
    return sdram


def words_of(memory: bytes) -> list[int]:
    return [int.from_bytes(memory[at : at + 4], "little") for at in range(0, len(memory), 4)]


def places(rng: random.Random) -> Iterator[int]:
    """Words that often share lines and places of the cache."""
    while True:
        start = rng.choice((0, SIZE, 2 * SIZE, rng.randrange(0, MEMORY, LINE))) // 4
        for _ in range(rng.randrange(1, 12)):
            yield (start + rng.randrange(3 * LINE_WORDS)) % (MEMORY // 4)


@pytest.mark.parametrize("width", [16, 32, 64, 128])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full)])
def test_loads_return_what_was_stored_last(width, seed):
    rng = random.Random(seed)
    sdram = filled_sdram(width, seed)
    expected = words_of(sdram.bytes)

    def program(cpu):
        place = places(rng)
        for _ in range(150):
            word = next(place)
            kind = rng.choice(("load", "burst", "store", "store", "store bytes"))
            if kind == "load":
                assert (yield from cpu.load(word)) == expected[word]
            elif kind == "burst":
                first = word & -LINE_WORDS if rng.random() < 0.8 else word
                last = word | (LINE_WORDS - 1)
                assert (yield from cpu.burst(first)) == expected[first : last + 1]
            else:
                value, sel = rng.getrandbits(32), 15
                if kind == "store bytes":
                    sel = rng.randrange(16)
                mask = sum(0xFF << 8 * byte for byte in range(4) if sel >> byte & 1)
                expected[word] = expected[word] & ~mask | value & mask
                yield from cpu.store(word, value, sel)
            yield from cpu.wait(rng.choice((0, 0, 0, 1, 2, 30)))
        # Everything once more, so that every line leaves the cache.
        for word in range(0, MEMORY // 4, LINE_WORDS):
            assert (yield from cpu.burst(word)) == expected[word : word + LINE_WORDS]
        yield from cpu.wait(60)

    simulate(sdram, program)
    assert words_of(sdram.bytes) == expected


def test_a_burst_that_hits_takes_a_cycle_a_word_behind_two():
    def program(cpu):
        yield from cpu.burst(0)
        yield from cpu.wait(40)
        cpu.cycles = 0
        yield from cpu.burst(0)

    assert simulate(filled_sdram(), program).cycles == 2 + LINE_WORDS


def test_behind_a_load_the_next_line_is_fetched():
    sdram = filled_sdram()
    transfers = LINE * 8 // sdram.width
    seen = []

    def program(cpu):
        yield from cpu.burst(0)
        yield from cpu.wait(60)
        seen.append(len(sdram.reads))
        cpu.cycles = 0
        yield from cpu.burst(LINE_WORDS)
        yield from cpu.wait(60)
        seen.append(len(sdram.reads))

    assert simulate(sdram, program).cycles == 2 + LINE_WORDS + 60
    assert seen == [2 * transfers, 3 * transfers]
    assert sdram.reads == list(range(3 * transfers))


def test_other_lines_are_at_hand_while_the_next_line_is_fetched():
    sdram = filled_sdram()
    transfers = LINE * 8 // sdram.width
    seen = []

    def program(cpu):
        yield from cpu.burst(4 * LINE_WORDS)
        yield from cpu.store(0, 5)
        yield from cpu.wait(60)
        yield from cpu.burst(2 * LINE_WORDS)
        yield from cpu.wait(4)
        seen.append(len(sdram.reads))
        yield from cpu.store(1, 6)
        cpu.cycles = 0
        yield from cpu.burst(4 * LINE_WORDS)

    # The store behind its acknowledgement takes a cycle more.
    assert simulate(sdram, program).cycles == 1 + 2 + LINE_WORDS
    # Three lines had been fetched, and the fourth was on its way.
    assert 3 * transfers < seen[0] < 4 * transfers


def test_the_next_line_is_not_fetched_where_that_would_evict_a_written_one():
    sdram = filled_sdram()

    def program(cpu):
        yield from cpu.store(LINE_WORDS, 1)
        yield from cpu.wait(20)
        yield from cpu.burst(SIZE // 4)
        yield from cpu.wait(100)

    simulate(sdram, program)
    assert len(sdram.reads) == LINE * 8 // sdram.width
    assert sdram.writes == []


def test_a_store_is_acknowledged_in_its_first_cycle_even_if_it_misses():
    def program(cpu):
        yield from cpu.store(5, 1)

    assert simulate(filled_sdram(), program).cycles == 1


def test_a_line_that_is_only_written_is_never_fetched():
    sdram = filled_sdram()

    def program(cpu):
        for word in range(MEMORY // 4):
            yield from cpu.store(word, word)
        for word in range(SIZE // 4):
            yield from cpu.store(word, word)
        yield from cpu.wait(100)

    simulate(sdram, program)
    assert sdram.reads == []
    # The newest lines of the second round are still in the cache.
    assert words_of(sdram.bytes)[SIZE // 4 :] == list(range(SIZE // 4, MEMORY // 4))


def test_an_evicted_line_leaves_behind_the_fetch_of_its_successor():
    sdram = filled_sdram()
    order = []

    def program(cpu):
        yield from cpu.store(0, 0xABCD)
        yield from cpu.wait(20)
        yield from cpu.burst(SIZE // 4)
        order.append((len(sdram.reads), len(sdram.writes)))
        yield from cpu.wait(100)

    simulate(sdram, program)
    transfers = LINE * 8 // sdram.width
    read, written = order[0]
    assert read == transfers
    assert written < transfers
    assert sdram.writes == list(range(transfers))


def test_words_that_were_never_written_keep_their_place_in_sdram():
    sdram = filled_sdram()
    before = words_of(sdram.bytes)

    def program(cpu):
        yield from cpu.store(3, 7)
        yield from cpu.store(SIZE // 4, 8)  # the same place in the cache
        yield from cpu.wait(100)

    simulate(sdram, program)
    assert words_of(sdram.bytes)[:LINE_WORDS] == [*before[:3], 7, *before[4:LINE_WORDS]]


@pytest.mark.parametrize("kind", ["load", "store"])
def test_reset_ends_what_is_under_way_and_forgets_all_lines(kind):
    sdram = filled_sdram()

    def reset_behind(cpu, pause):
        for word in (0, 1, LINE_WORDS):
            yield from cpu.store(word, word + pause)
        # Either evicts the first line; a store is acknowledged before that, a load fetches ahead.
        yield from (cpu.load(SIZE // 4) if kind == "load" else cpu.store(SIZE // 4, pause))
        yield from cpu.wait(pause)
        sdram.in_reset = True
        yield cpu.dut.reset.eq(1)
        yield from cpu.wait(2)
        sdram.in_reset = False
        yield cpu.dut.reset.eq(0)
        yield from cpu.wait(CLEARING)

    def program(cpu):
        for pause in range(1, 25, 4):
            yield from reset_behind(cpu, pause)
            expected = words_of(sdram.bytes)
            # What was written, what was fetched ahead, and a line that was not touched.
            for word in (0, LINE_WORDS, SIZE // 4, SIZE // 4 + LINE_WORDS, 3 * LINE_WORDS):
                assert (yield from cpu.burst(word)) == expected[word : word + LINE_WORDS], pause

    simulate(sdram, program)
