"""Commands of engines as they were watched: whose cycles are whose."""

from __future__ import annotations

import pytest

from dwpw.activity import Activity, Turn, activity, turns_of
from dwpw.errors import UserError
from dwpw.kernels.packing import PlannedCommand
from dwpw.runlog import RanCommand

PLANNED = {
    "array": (PlannedCommand(0, "dot"), PlannedCommand(0, "dot"), PlannedCommand(1, "depthwise")),
    "memory": (PlannedCommand(0, "load"), PlannedCommand(1, "store")),
}
RAN = {
    # The second one is taken while the first is not over; the third comes late.
    "array": (RanCommand(130, 200), RanCommand(150, 260), RanCommand(300, 340)),
    "memory": (RanCommand(100, 125), RanCommand(340, 360)),
}


def test_a_command_has_its_engine_from_the_end_of_the_one_before() -> None:
    assert turns_of(PLANNED, RAN, "step")["array"] == (
        Turn(0, "dot", waiting=30, start=130, end=200),
        Turn(0, "dot", waiting=0, start=200, end=260),
        Turn(1, "depthwise", waiting=40, start=300, end=340),
    )


def test_every_cycle_from_the_first_command_on_is_counted_once() -> None:
    for turns in turns_of(PLANNED, RAN, "step").values():
        assert sum(one.cycles + one.waiting for one in turns) == turns[-1].end - 100


def test_operators_have_the_sums_of_their_commands() -> None:
    first, second = activity(turns_of(PLANNED, RAN, "step"), 2)
    assert first == {"array": Activity(2, 130, 30), "memory": Activity(1, 25, 0)}
    assert second == {"array": Activity(1, 40, 40), "memory": Activity(1, 20, 215)}


def test_where_nobody_has_watched_nothing_is_said() -> None:
    assert turns_of(PLANNED, {}, "step") == {}
    assert turns_of(PLANNED, {"array": (), "memory": ()}, "step") == {}
    assert activity({}, 2) == ()


def test_other_commands_than_were_planned_are_refused() -> None:
    fewer = {**RAN, "array": RAN["array"][:2]}
    with pytest.raises(UserError, match="operator 3: 3 commands of array were planned, 2 ran"):
        turns_of(PLANNED, fewer, "operator 3")
