"""Starts and ends of programs: which status, and both flushes."""

from __future__ import annotations

import pytest
from migen import passive, run_simulation

from compiler_intrinsics.stream.commands import ENGINE_BIT, Engine, Status
from rtl_ext.stream.control import Control

MEMORY, COMPUTE = Engine
FLUSH_CYCLES = 5


def outcome(changes: dict[int, list[tuple[Engine | None, str, int]]], cycles: int = 60):
    """Status word of each cycle of a program, and the cycles with flush, begin and enabled.

    changes: cycle -> what is set then: (engine, field of its state, value), or None and a port.
    """
    dut = Control()
    trace = []

    @passive
    def flushes():
        while True:
            left = FLUSH_CYCLES
            while (yield dut.flush):
                left -= 1
                yield dut.flushed.eq(left == 0)
                yield
            yield dut.flushed.eq(0)
            yield

    def program():
        for state in dut.lists:
            yield state.idle.eq(1)
        yield dut.quiet.eq(1)
        yield dut.start.eq(1)
        yield
        yield dut.start.eq(0)
        for cycle in range(cycles):
            for engine, name, value in changes.get(cycle, []):
                yield getattr(dut if engine is None else dut.lists[engine], name).eq(value)
            yield
            names = ("flush", "begin", "enabled", "running")
            row = {}
            for name in names:
                row[name] = yield getattr(dut, name)
            row["word"] = yield dut.word.raw_bits()
            trace.append(row)

    run_simulation(dut, [program(), flushes()])
    return trace


def both_end(cycle: int):
    return {cycle: [(MEMORY, "ended", 1), (COMPUTE, "ended", 1)]}


def test_a_program_is_done_when_both_lists_have_ended_and_the_caches_have_forgotten():
    trace = outcome(both_end(20))
    assert trace[-1]["word"] == Status.DONE
    assert not trace[-1]["running"]
    spells = "".join("f" if row["flush"] else "." for row in trace).strip(".").split(".")
    assert len([spell for spell in spells if spell]) == 2
    assert sum(row["begin"] for row in trace) == 1
    running = [row["word"] == Status.RUNNING for row in trace]
    assert running == sorted(running, reverse=True)
    assert not any(row["enabled"] and row["flush"] for row in trace)


@pytest.mark.parametrize("engine", Engine)
def test_a_refusal_names_engine_and_command(engine):
    changes = {
        20: [(engine, "finished", 7), (engine, "status", Status.LOCAL), (engine, "refused", 1)],
        21: [(engine, "refused", 0)],
    }
    assert outcome(changes)[-1]["word"] == Status.LOCAL | engine << ENGINE_BIT | 7 << ENGINE_BIT + 1


def test_of_two_refusals_at_once_that_of_the_memory_engine_counts():
    changes = {
        20: [
            *((engine, "refused", 1) for engine in Engine),
            (MEMORY, "status", Status.ADDRESS),
            (COMPUTE, "status", Status.LOCAL),
        ]
    }
    assert outcome(changes)[-1]["word"] == Status.ADDRESS


@pytest.mark.parametrize("ended", [None, MEMORY, COMPUTE])
def test_a_program_that_cannot_go_on_is_stuck(ended):
    changes = {20: [(engine, "ended" if engine is ended else "waits", 1) for engine in Engine]}
    blamed = COMPUTE if ended is MEMORY else MEMORY
    assert outcome(changes)[-1]["word"] == Status.STUCK | blamed << ENGINE_BIT


def test_one_engine_that_waits_is_not_stuck():
    trace = outcome({20: [(MEMORY, "waits", 1)]})
    assert trace[-1]["word"] == Status.RUNNING


def test_what_is_under_way_comes_to_its_end_before_the_last_flush():
    changes = both_end(20) | {15: [(None, "quiet", 0)], 40: [(None, "quiet", 1)]}
    trace = outcome(changes)
    assert not any(row["flush"] for row in trace[20:40])
    assert trace[-1]["word"] == Status.DONE


@pytest.mark.parametrize("cycle", [1, 8, 20])
def test_a_stop_ends_the_program_whenever_it_comes(cycle):
    changes = {cycle: [(None, "stop", 1)], cycle + 1: [(None, "stop", 0)]}
    assert outcome(changes)[-1]["word"] == Status.STOPPED
