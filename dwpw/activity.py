"""What the engines of a unit did for each operator of a step, from the commands that were watched.

An engine may be handed its next command while it is at the one before, and finishes them in order.
So a command has its engine from its start, or from the end of the one before, to its own end, and
no cycle is counted twice.  Between an end and a later start the engine waits: of the two of the
streaming unit each waits for the other one's `after`, and for its own next command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dwpw.errors import UserError
from dwpw.kernels.packing import PlannedCommand
from dwpw.runlog import RanCommand


@dataclass(frozen=True)
class Turn:
    """The cycles in which a command had its engine, since its step's start.

    operator: its place in the step.
    waiting: cycles before, in which the engine had nothing to do.
    """

    operator: int
    name: str
    waiting: int
    start: int
    end: int

    @property
    def cycles(self) -> int:
        """How long it had the engine."""
        return self.end - self.start


@dataclass(frozen=True)
class Activity:
    """Of an engine for an operator: its commands, the cycles that they took, and the cycles in
    which it waited for what they need."""

    commands: int = 0
    busy: int = 0
    waiting: int = 0

    def __add__(self, other: Activity) -> Activity:
        return Activity(
            self.commands + other.commands, self.busy + other.busy, self.waiting + other.waiting
        )


Turns = Mapping[str, tuple[Turn, ...]]
"""Engine -> its commands of a step, in their order."""


def turns_of(
    planned: Mapping[str, Sequence[PlannedCommand]],
    ran: Mapping[str, Sequence[RanCommand]],
    step: str,
) -> Turns:
    """The commands of a step as they ran; nothing where nobody has watched.

    planned: of each engine.  step: its name, for `UserError` where others ran than were planned.
    """
    if not any(ran.values()):
        return {}
    # Whichever engine is first: before that the unit has not begun.
    begin = min(one.start for commands in ran.values() for one in commands)
    turns = {}
    for engine, commands in planned.items():
        watched = ran.get(engine, ())
        if len(watched) != len(commands):
            raise UserError(
                f"{step}: {len(commands)} commands of {engine} were planned, {len(watched)} ran:"
                " build the SoC again"
            )
        turns[engine] = tuple(_turns(commands, watched, begin))
    return turns


def _turns(
    planned: Sequence[PlannedCommand], ran: Sequence[RanCommand], before: int
) -> Iterator[Turn]:
    for one, times in zip(planned, ran, strict=True):
        start = max(times.start, before)
        yield Turn(one.operator, one.name, start - before, start, times.end)
        before = times.end


def activity(turns: Turns, operators: int) -> tuple[Mapping[str, Activity], ...]:
    """Of each engine, for each of so many operators; nothing where nobody has watched."""
    if not turns:
        return ()
    return tuple(
        {engine: _sum(one for one in commands if one.operator == place)
         for engine, commands in turns.items()}
        for place in range(operators)
    )  # fmt: skip


def _sum(turns: Iterator[Turn]) -> Activity:
    found = list(turns)
    return Activity(
        commands=len(found),
        busy=sum(one.cycles for one in found),
        waiting=sum(one.waiting for one in found),
    )
