"""A list of commands, in front of an engine that does nothing and takes its time."""

from __future__ import annotations

from collections import deque
from random import Random

import pytest
from migen import passive, run_simulation

from compiler_intrinsics.stream.commands import MEMORY_COMMANDS, Status
from rtl_ext.stream.command_list import CommandList

FIRST = 0x80000100
TIMEOUT = 3000


class Bench:
    """Memory with the commands, and an engine that writes down what it is given."""

    def __init__(self, rng: Random, commands: list[bytes], engine_status: int = Status.DONE):
        self.dut = CommandList(MEMORY_COMMANDS)
        self.rng, self.status = rng, engine_status
        data = b"".join(commands)
        self.words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]
        self.started: list[dict[str, int]] = []
        self.others_at_start: list[int] = []

    @passive
    def memory(self):
        """Answers after a while; what lies behind the commands is refused."""
        port, pending = self.dut.memory, deque()
        while True:
            ready = self.rng.random() < 0.5
            answer = pending.popleft() if pending and self.rng.random() < 0.5 else None
            yield port.ready.eq(ready)
            yield port.answer_valid.eq(answer is not None)
            yield port.answer.eq(answer or 0)
            yield
            yield port.refused.eq(0)
            if ready and (yield port.valid):
                place = ((yield port.address) - FIRST) // 8
                if place < len(self.words):
                    pending.append(self.words[place])
                else:
                    yield port.refused.eq(1)

    @passive
    def engine(self):
        """Takes the next command before it is done with the one before, now and then."""
        port, left = self.dut.engine, deque()
        while True:
            busy = len(left) == 2 or self.rng.random() < 0.3
            done = bool(left) and left[0] == 0
            yield port.busy.eq(busy)
            yield port.done.eq(done)
            yield port.status.eq(self.status)
            if done:
                left.popleft()
            yield
            if left:
                left[0] = max(0, left[0] - 1)
            if (yield port.start):
                assert not busy
                names = ("opcode", *MEMORY_COMMANDS.places)
                fields = {}
                for name in names:
                    fields[name] = yield getattr(port, name)
                self.started.append(fields)
                self.others_at_start.append((yield self.dut.others))
                left.append(self.rng.randrange(20))

    def run(self, until: str, others=lambda cycle: 0xFFFF):
        """Start, and go on until a signal is high; returns what the ports say then."""
        dut, seen = self.dut, {}

        def program():
            yield dut.first.eq(FIRST)
            yield dut.start.eq(1)
            yield
            yield dut.start.eq(0)
            yield dut.enabled.eq(1)
            for cycle in range(TIMEOUT):
                yield dut.others.eq(others(cycle))
                yield
                if (yield getattr(dut, until)):
                    for name in ("finished", "ended", "waits", "refused", "status", "idle"):
                        seen[name] = yield getattr(dut, name)
                    return
            raise AssertionError(f"{until} does not come")

        run_simulation(dut, [program(), self.memory(), self.engine()])
        return seen


def fill(rng: Random, after: int = 0) -> bytes:
    """Any command that has nothing to do with main RAM."""
    counts = {f"count{k}": rng.getrandbits(16) for k in range(3)}
    places = {f"local{k}": rng.getrandbits(16) for k in ("", 0, 1, 2)}
    value = rng.randint(-128, 127)
    return MEMORY_COMMANDS.encode("fill", after=after, value=value, **counts, **places)


END = MEMORY_COMMANDS.encode("end", after=0)


@pytest.mark.parametrize("seed", range(3))
def test_the_engine_gets_every_command_once_and_in_order(seed):
    rng = Random(seed)
    commands = [fill(rng) for _ in range(8)]
    bench = Bench(rng, [*commands, END])
    seen = bench.run("ended")
    assert (seen["finished"], seen["idle"]) == (len(commands), 1)
    decoded = [MEMORY_COMMANDS.decode(command) for command in commands]
    assert bench.started == [{"opcode": opcode, **fields} for opcode, fields in decoded]


def test_a_command_waits_until_the_other_engine_has_finished_so_many():
    rng = Random(0)
    after = [0, 3, 3, 9, 10, 4]
    bench = Bench(rng, [*(fill(rng, n) for n in after), END])
    bench.run("ended", others=lambda cycle: cycle // 40)
    assert all(n <= others for n, others in zip(after, bench.others_at_start, strict=True))


def test_it_says_that_it_waits_when_all_before_is_finished():
    rng = Random(0)
    bench = Bench(rng, [fill(rng), fill(rng), fill(rng, after=7), END])
    seen = bench.run("waits", others=lambda _: 6)
    assert (seen["finished"], seen["refused"]) == (2, 0)


def test_a_list_that_leaves_its_window_is_refused_when_its_turn_comes():
    rng = Random(0)
    bench = Bench(rng, [fill(rng), fill(rng)])
    seen = bench.run("refused")
    assert (seen["finished"], seen["status"]) == (2, Status.ADDRESS)


def test_an_unknown_operation_never_reaches_the_engine():
    rng = Random(0)
    unknown = bytes([fill(rng)[0] & 0xF0 | 13]) + fill(rng)[1:]
    bench = Bench(rng, [fill(rng), unknown, END])
    seen = bench.run("refused")
    assert (seen["finished"], seen["status"]) == (1, Status.UNKNOWN)
    assert len(bench.started) == 1


def test_what_the_engine_refuses_is_passed_on():
    rng = Random(0)
    bench = Bench(rng, [fill(rng), END], engine_status=Status.LOCAL)
    seen = bench.run("refused")
    assert (seen["finished"], seen["status"]) == (0, Status.LOCAL)
