"""The cycle model: what each command takes, and how the two engines wait for each other.

The planner chooses with it, and `dwpw explain` shows it beside what was measured. Its numbers are
the hardware's: a step a cycle, `result_cycles` for a result, main RAM's width over time.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compiler_intrinsics.stream.commands import MEMORY_COMMANDS
from compiler_intrinsics.stream.geometry import Geometry
from dwpw.stream.jobs import Compute, Move

WORD_BYTES = 8


@dataclass(frozen=True)
class Rates:
    """How fast the unit and its memory are; the defaults are those of the 16-bit SDR SDRAM.

    bytes_per_cycle: of main RAM, one behind the other.
    burst_break: cycles until the first word of a command comes.
    jump: cycles for words that do not lie behind the ones before.
    command: of the compute engine, until the next command takes its first step: its pipeline runs
        empty in between, so that a command finds what the one before has made.
    start: besides the program: the CPU's part of a step, and the L2 that forgets.
    """

    bytes_per_cycle: float = 1.9
    burst_break: float = 20
    jump: float = 10
    command: float = 40
    start: float = 1300


def move_cycles(rates: Rates, mnemonic: str, fields: Mapping[str, int]) -> float:
    """Of a command of the memory engine, with the reading of the command itself."""
    own = MEMORY_COMMANDS.bytes / rates.bytes_per_cycle
    counts = [fields.get(f"count{axis}", 1) for axis in range(3)]
    words = counts[0] * counts[1] * counts[2]
    if mnemonic == "fill":
        return own + words
    if mnemonic == "stamp":
        return own + rates.burst_break
    return own + rates.burst_break + block_cycles(
        rates, counts, (fields["step1"], fields["step2"])
    )  # fmt: skip


def block_cycles(rates: Rates, counts: Sequence[int], steps: tuple[int, int]) -> float:
    """Of the words of a block of main RAM; where rows follow one another nothing is lost."""
    length, jumps = counts[0] * WORD_BYTES, 0
    if counts[1] > 1 and steps[0] != length:
        jumps += (counts[1] - 1) * counts[2]
    length = steps[0] * counts[1] if counts[1] > 1 else length
    if counts[2] > 1 and steps[1] != length:
        jumps += counts[2] - 1
    words = counts[0] * counts[1] * counts[2]
    return words * WORD_BYTES / rates.bytes_per_cycle + jumps * rates.jump


def compute_cycles(rates: Rates, geometry: Geometry, fields: Mapping[str, int]) -> float:
    """Of a command of the compute engine."""
    steps = fields["taps0"] * fields["taps1"] * fields["taps2"]
    results = fields["rows"] * fields["columns"]
    group = geometry.parameter_entries + results * max(steps, geometry.result_cycles)
    return rates.command + fields["groups"] * group


@dataclass(frozen=True)
class Timing:
    """When commands are over, in cycles since the start.

    order: numbers of the moves, in the order of their list.
    moves, computes: (start, end) of each, in the order of the lists.
    """

    order: tuple[int, ...]
    moves: tuple[tuple[float, float], ...]
    computes: tuple[tuple[float, float], ...]

    @property
    def total(self) -> float:
        """Cycles of the program."""
        return max(end for _, end in (*self.moves, *self.computes))


@dataclass
class _Engines:
    """Two engines on their way through their commands."""

    moves: Sequence[Move]
    computes: Sequence[Compute]
    move_ends: dict[int, float]
    compute_times: list[tuple[float, float]]

    def go_on(self) -> None:
        """Carry out the compute commands that nothing holds up any more."""
        while len(self.compute_times) < len(self.computes):
            job = self.computes[len(self.compute_times)]
            if any(need not in self.move_ends for need in job.needs):
                return
            before = self.compute_times[-1][1] if self.compute_times else 0.0
            start = max([before, *(self.move_ends[need] for need in job.needs)])
            self.compute_times.append((start, start + job.cycles))

    def ready(self, move: Move) -> float | None:
        """When a move may start for the compute engine's sake; None: not known yet."""
        if move.after < 0:
            return 0.0
        return self.compute_times[move.after][1] if move.after < len(self.compute_times) else None

    def wanted(self, move: Move) -> float:
        """When the compute engine would want what a move brings, if nothing else held it up."""
        done = len(self.compute_times)
        last = self.compute_times[-1][1] if done else 0.0
        return last + sum(job.cycles for job in self.computes[done : move.deadline])

    def held_until(
        self, move: Move, timed: Sequence[tuple[float, int]], now: float
    ) -> float | None:
        """When the memory engine should rather go on: a move that is wanted earlier can start then,
        would come late behind this one, and leaves it time enough. None: this one should start."""
        for when, number in timed:
            other = self.moves[number]
            if (
                other.deadline < move.deadline
                and when < now + move.cycles
                and now + move.cycles + other.cycles > self.wanted(other)
                and when + other.cycles + move.cycles <= self.wanted(move)
            ):
                return when
        return None


def schedule(moves: Sequence[Move], computes: Sequence[Compute]) -> Timing:
    """Put the moves in order: of those that can start the one that is wanted first, or, where that
    is sooner over, now and then none."""
    timings = [_scheduled(moves, computes, patient) for patient in (False, True)]
    return min(timings, key=lambda timing: timing.total)


def _scheduled(moves: Sequence[Move], computes: Sequence[Compute], patient: bool) -> Timing:
    """patient: the memory engine waits for a move that is wanted earlier and will start soon."""
    engines = _Engines(moves, computes, {}, [])
    missing = [len(move.needs) for move in moves]
    followers: dict[int, list[int]] = {}
    for number, move in enumerate(moves):
        for need in move.needs:
            followers.setdefault(need, []).append(number)
    waiting = [number for number, count in enumerate(missing) if not count]
    startable: list[tuple[int, int]] = []  # (deadline, number)
    timed: list[tuple[float, int]] = []  # (when, number)
    order, times, now = [], [], 0.0
    while len(order) < len(moves):
        engines.go_on()
        unknown = []
        for number in waiting:
            when = engines.ready(moves[number])
            if when is None:
                unknown.append(number)
            else:
                heapq.heappush(timed, (when, number))
        waiting = unknown
        if not startable and timed:
            now = max(now, timed[0][0])
        while timed and timed[0][0] <= now:
            _, number = heapq.heappop(timed)
            heapq.heappush(startable, (moves[number].deadline, number))
        held = engines.held_until(moves[startable[0][1]], timed, now) if patient else None
        if held is not None:
            now = held
            continue
        _, number = heapq.heappop(startable)
        end = now + moves[number].cycles
        engines.move_ends[number] = end
        order.append(number)
        times.append((now, end))
        now = end
        for follower in followers.get(number, ()):
            missing[follower] -= 1
            if not missing[follower]:
                waiting.append(follower)
    engines.go_on()
    return Timing(tuple(order), tuple(times), tuple(engines.compute_times))
