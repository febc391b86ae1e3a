"""When each segment was done: stamps in the memory engine's list, where it waits anyway.

A stamp makes the memory engine wait for the compute engine. So it stands before the first command
that waits for as much: no load comes later for it. What it tells may be late by the command that
the memory engine was at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dwpw.stream.jobs import Compute, Move
from dwpw.stream.segment import Segment


@dataclass(frozen=True)
class Stamp:
    """part: of which segment; after: compute commands that are finished then."""

    part: int
    after: int


def last_computes(segments: Sequence[Segment], computes: Sequence[Compute]) -> list[int]:
    """The place of each segment's last command."""
    by_operator = {job.operator: place for place, job in enumerate(computes)}
    return [by_operator[segment.first + len(segment.operators) - 1] for segment in segments]


def with_stamps(
    order: Sequence[int], moves: Sequence[Move], last: Sequence[int]
) -> list[int | Stamp]:
    """The memory engine's list with a stamp for each segment; moves by their number."""
    listed: list[int | Stamp] = []
    part = 0
    for number in order:
        while part < len(last) and moves[number].after >= last[part]:
            listed.append(Stamp(part, last[part] + 1))
            part += 1
        listed.append(number)
    listed += [Stamp(left, last[left] + 1) for left in range(part, len(last))]
    return listed
