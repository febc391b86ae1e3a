"""A CPU that asks the L2, and a slow SDRAM behind it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from litedram.common import LiteDRAMNativePort
from litex.soc.interconnect.wishbone import CTI_BURST_END, CTI_BURST_INCREMENTING, CTI_BURST_NONE
from migen import ResetInserter, Signal, passive

from soc.l2.cache import L2Cache
from tests.support.compiled_simulation import run_compiled

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

    @property
    def signals(self) -> list[Signal]:
        """What `serve` reads and assigns."""
        port = self.port
        return [
            *(port.cmd.valid, port.cmd.ready, port.cmd.we, port.cmd.addr),
            *(port.wdata.valid, port.wdata.ready, port.wdata.we, port.wdata.data),
            *(port.rdata.valid, port.rdata.data),
        ]

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

    dut = cpu.dut
    ports = [*dut.bus.flatten(), *sdram.signals, dut.flush, dut.flushed, dut.reset]
    run_compiled(dut, ports, [run(), sdram.serve()])
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
