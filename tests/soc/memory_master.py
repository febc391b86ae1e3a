"""A unit at its way to main RAM, for tests: offers accesses and knows what must be answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator

from migen import Record, passive

from tests.soc.l2.bench import TIMEOUT


class MemoryMaster:
    """Offers accesses one behind the other, and takes the answers as they come.

    Attributes:
        memory: `UNIT_MEMORY`.
        wanted: what the reads under way must bring, oldest first.
        cycles, reads: how long it has listened, and how many answers came.
    """

    def __init__(self, memory: Record) -> None:
        self.memory = memory
        self.wanted: deque[int] = deque()
        self.cycles = 0
        self.reads = 0

    @passive
    def listen(self) -> Generator:
        """Every answer is what was expected when its read was taken."""
        while True:
            yield
            self.cycles += 1
            if (yield self.memory.rdata.valid):
                assert (yield self.memory.rdata.data) == self.wanted.popleft()
                self.reads += 1

    def access(self, address: int, write: int, data: int = 0, mask: int = 0) -> Generator:
        """One access, taken when this returns."""
        cmd = self.memory.cmd
        for name, value in (("address", address), ("write", write), ("data", data), ("mask", mask)):
            yield getattr(cmd, name).eq(value)
        yield cmd.valid.eq(1)
        for _ in range(TIMEOUT):
            yield
            if (yield cmd.ready):
                yield cmd.valid.eq(0)
                return
        raise AssertionError("the access is not taken")
