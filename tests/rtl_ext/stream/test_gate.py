"""The one way to main RAM: who asked gets the answer, and nobody leaves the windows."""

from __future__ import annotations

from collections import deque
from random import Random

import pytest
from migen import Module, passive, run_simulation

from compiler_intrinsics.stream.commands import Window, main_ram
from rtl_ext.stream.gate import READS, Gate

MASTERS = 3
ACCESSES = 60
IMAGE, ARENA = (100, 20), (200, 30)
"""Base and size of the windows, in words."""
RAM_WORDS = 225
"""Main RAM ends inside the arena."""


class Ram:
    """Main RAM of random patience; what it holds depends on the address."""

    def __init__(self, dut: Gate, rng: Random) -> None:
        self.dut, self.rng = dut, rng
        self.written: list[tuple[int, int, int]] = []
        self.reads: deque[int] = deque()
        self.most = 0

    @passive
    def serve(self):
        cmd, rdata = self.dut.memory.cmd, self.dut.memory.rdata
        while True:
            ready = self.rng.random() < 0.6
            yield cmd.ready.eq(ready)
            answers = bool(self.reads) and self.rng.random() < 0.5
            yield rdata.valid.eq(answers)
            yield rdata.data.eq(content(self.reads.popleft()) if answers else 0)
            yield
            if ready and (yield cmd.valid):
                address = yield cmd.address
                assert address < RAM_WORDS
                if (yield cmd.write):
                    self.written.append((address, (yield cmd.data), (yield cmd.mask)))
                else:
                    self.reads.append(address)
                    self.most = max(self.most, len(self.reads))


def content(address: int) -> int:
    return address * 0x0123456789ABCDEF % (1 << 64)


def place(address: int, write: bool) -> int | None:
    """Where an access goes, in words of main RAM; None for one that is refused."""
    window, offset = address >> 31, address & 0x7FFFFFFF
    base, size = (IMAGE, ARENA)[window]
    if offset % 8 or offset // 8 >= size or (write and window == Window.IMAGE):
        return None
    return base + offset // 8 if base + offset // 8 < RAM_WORDS else None


class Master:
    """Asks for words at random, and keeps what it hears."""

    def __init__(self, port, rng: Random) -> None:
        self.port, self.rng = port, rng
        self.answers: list[int] = []
        self.wanted: list[int] = []
        self.writes: list[tuple[int, int, int]] = []
        self.refused, self.refusals, self.on_their_way = 0, 0, 0

    @passive
    def listen(self):
        while True:
            yield
            if (yield self.port.answer_valid):
                self.answers.append((yield self.port.answer))
            self.refused += yield self.port.refused
            self.on_their_way += yield self.port.written

    def ask(self):
        rng, port = self.rng, self.port
        for _ in range(ACCESSES):
            write = rng.random() < 0.4
            offset = 8 * rng.randrange(max(IMAGE[1], ARENA[1]) + 2) + (rng.random() < 0.05)
            address = main_ram(rng.choice(list(Window)), offset & ~7) + offset % 8
            data, mask = rng.getrandbits(64), rng.getrandbits(8)
            for name, value in (("address", address), ("write", write), ("data", data)):
                yield getattr(port, name).eq(value)
            yield port.mask.eq(mask)
            yield port.valid.eq(1)
            yield
            while not (yield port.ready):
                yield
            yield port.valid.eq(0)
            self._expect(place(address, write), write, data, mask)
            for _ in range(rng.choice((0, 0, 3))):
                yield
        for _ in range(200):
            yield

    def _expect(self, where: int | None, write: bool, data: int, mask: int) -> None:
        if where is None:
            self.refusals += 1
        elif write:
            self.writes.append((where, data, mask))
        else:
            self.wanted.append(content(where))


@pytest.mark.parametrize("seed", range(3))
def test_every_master_gets_its_own_answers_and_nobody_leaves_the_windows(seed):
    rng = Random(seed)

    class Bench(Module):
        def __init__(self) -> None:
            self.submodules.gate = gate = Gate(MASTERS)
            for window, (base, size) in zip(gate.windows, (IMAGE, ARENA), strict=True):
                self.comb += [window.base.eq(base), window.size.eq(size)]
            self.comb += gate.memory.cmd.outside.eq(gate.memory.cmd.address >= RAM_WORDS)

    gate = (dut := Bench()).gate
    ram = Ram(gate, rng)
    masters = [Master(port, Random(seed * 10 + n)) for n, port in enumerate(gate.masters)]
    listeners = [master.listen() for master in masters]
    run_simulation(dut, [*(m.ask() for m in masters), *listeners, ram.serve()])
    for master in masters:
        assert master.answers == master.wanted
        assert master.refused == master.refusals > 0
        assert master.on_their_way == len(master.writes)
    assert sorted(ram.written) == sorted(write for m in masters for write in m.writes)
    assert ram.most <= READS
