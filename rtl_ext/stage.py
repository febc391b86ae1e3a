"""Registers between the stages of a pipeline, and counters that go round."""

from __future__ import annotations

from migen import Mux, Record, Signal

CONTROL = frozenset({"valid", "last", "complete"})
"""Fields that say whether anything is there: a reset ends it.  What they speak of is data, which
needs no reset; on the ECP5 each one costs a route."""


def stage(layout: list, name: str) -> Record:
    """The registers behind a stage; `CONTROL` fields have a reset.

    A stage is written as `sync += [s2.eq(s1), s2.value.eq(...)]`: what both records have goes on
    unchanged, then what the stage computes.  So a value that is needed later travels with the rest,
    and nothing counts cycles.
    """
    registers = Record(layout, name=name)
    for field, *_ in layout:
        getattr(registers, field).reset_less = field not in CONTROL
    return registers


def around(position: Signal, last: object, first: object = 0):
    """The place behind `position` on the way from `first` to `last` and around."""
    return Mux(position == last, first, position + 1)
