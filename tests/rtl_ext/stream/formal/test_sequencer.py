"""No result without room, no step too early or outside the memories, one end for each command."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import or_

import pytest
from migen import If, Module, Mux, Signal

from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS
from compiler_intrinsics.stream.geometry import Geometry
from rtl_ext.stream.sequencer import COMMAND, WORD_ADDRESS, Sequencer
from tests.support.proof import Bench, first_now, inside, prove, refute, with_fault

GEOMETRY = Geometry(activation_words=64, weight_entries=16)
PLACES = 2
"""For results, in this test; more are filled later."""

STATES = ("IDLE", "CHECK", "LOAD", "PARAMETERS", "STEPS", "REFUSED")
LAST_STEP = 3
"""Cycle of an abort behind which no step is taken: a command is checked and loaded before."""


class UnderWay(Module):
    """Results and commands that are under way, from the ports.

    Ports:
        pop      1  in   the oldest result is written
        results  5  out  under way
        older    5  out  of them, those of commands all of whose steps are taken
        running  2  out  commands that are not over
    """

    def __init__(self, dut: Sequencer):
        self.pop = Signal(name="under_way_pop")
        self.results = Signal(max=PLACES + 1, name="under_way_results")
        self.older = Signal(max=PLACES + 1, name="under_way_older")
        self.running = Signal(2, name="under_way_running")

        # # #

        after = Signal(max=PLACES + 2)
        last = dut.push & dut.nest.ends[-1]
        self.comb += after.eq(self.results + dut.push - self.pop)
        self.sync += [
            self.results.eq(after),
            If(last, self.older.eq(after)).Elif(
                self.pop & (self.older != 0), self.older.eq(self.older - 1)
            ),
            self.running.eq(self.running + dut.command.start - dut.command.done),
        ]


def bench_of(hardware: type) -> Bench:
    """Commands of any shape; results that take their time; aborts at any time."""
    bench = Bench()
    bench.submodules.dut = dut = hardware(GEOMETRY)
    command = dut.command
    bench.submodules.under_way = under_way = UnderWay(dut)
    bench.free(command.start, command.abort, *(getattr(command, name) for name, _ in COMMAND))
    bench.free(under_way.pop, dut.taken, dut.pause)
    opcodes = [one.opcode for one in COMPUTE_COMMANDS.commands if one.mnemonic != "end"]
    known = Signal()
    bench.comb += [
        dut.empty.eq(under_way.results == 0),
        dut.room.eq(under_way.results < PLACES),
        *(If(command.opcode == opcode, known.eq(1)) for opcode in opcodes),
    ]
    bench.assume("known_commands_start_when_it_is_free", ~command.start | (known & ~command.busy))
    bench.assume("nothing_starts_in_an_abort", ~command.start | ~command.abort)
    bench.assume("results_under_way_are_written", ~under_way.pop | (under_way.results != 0))
    at = {name: dut.fsm.ongoing(name) for name in STATES}
    _steps(bench, dut, under_way, at)
    _commands(bench, dut, under_way, at)
    return bench


def _steps(bench: Bench, dut: Sequencer, under_way: UnderWay, at: dict[str, Signal]) -> None:
    words, entries = GEOMETRY.activation_words, GEOMETRY.weight_entries
    read_from = dut.inputs.place[WORD_ADDRESS:]
    bench.claim("a_result_needs_room", ~dut.push | (under_way.results < PLACES))
    assert GEOMETRY.result_cycles == 2
    bench.claim("results_are_apart", ~(dut.push & bench.before(dut.push, "push")))
    bench.claim("steps_read_activations_that_are_there", ~dut.go | (read_from < words))
    bench.claim("steps_read_weights_that_are_there", ~dut.go | (dut.entries.place < entries))
    bench.claim("parameters_are_there", ~dut.read | (dut.entries.place < entries))
    bench.claim("results_have_a_place", ~dut.push | (dut.place < words))
    bench.claim("steps_see_all_results_of_the_command_before", ~dut.go | (under_way.older == 0))
    aborts = Signal(max=LAST_STEP + 1)
    bench.sync += If(~dut.command.abort, aborts.eq(0)).Elif(
        aborts != LAST_STEP, aborts.eq(aborts + 1)
    )
    long = dut.command.abort & (aborts == LAST_STEP)
    bench.claim("an_abort_takes_no_more_steps", ~long | ~(dut.go | dut.read | dut.push))
    # Why: a loop ends where all inside it do.
    ends = dut.nest.ends
    outer = reduce(or_, [after & ~before for before, after in pairwise(ends)])
    bench.claim("loops_end_inside_each_other", ~outer)
    # Why: marks are of the places beside them.
    loaded = at["PARAMETERS"] | at["STEPS"]
    for name, walk, beyond in (
        ("inputs", dut.inputs, read_from >= words),
        ("entries", dut.entries, dut.entries.place >= entries),
        ("outputs", dut.outputs, dut.outputs.place >= words),
    ):
        bench.claim(f"{name}_are_marked", ~loaded | (walk.outside == beyond))
    gap = inside(dut, "gap")
    bench.claim("the_gap_is_kept", bench.before(dut.push, "last_push") == gap)


def _commands(bench: Bench, dut: Sequencer, under_way: UnderWay, at: dict[str, Signal]) -> None:
    command, running = dut.command, under_way.running
    bench.claim("a_command_ends_once", ~command.done | (running != 0))
    bench.claim("it_has_two_commands_at_most", (running < 2) | command.busy)
    bench.claim("results_are_written_when_a_command_ends", ~command.done | dut.empty)
    # Why: commands are counted by what the sequencer remembers of them.
    pending = inside(dut, "pending")
    number = Signal(3)
    bench.comb += number.eq(sum(at.values()))
    bench.claim("it_has_one_state", number == 1)
    bench.claim("commands_are_remembered", running == Mux(at["IDLE"], pending, 1 + pending))
    bench.claim("older_results_are_some", under_way.older <= under_way.results)
    bench.claim("no_more_results_than_places", under_way.results <= PLACES)
    bench.claim("older_results_are_waited_for", pending | (under_way.older == 0))
    fresh = at["PARAMETERS"] | at["STEPS"]
    unsafe = fresh & dut.released & pending
    bench.claim("a_command_is_released_when_they_are_written", ~unsafe)
    own = under_way.results != under_way.older
    bench.claim("nothing_of_its_own_before", ~(own & pending))


def test_it_is_proved():
    prove(bench_of(Sequencer), depth=LAST_STEP + 2)


FAULTS = {
    "a_result_needs_room": ("self.room & (gap == 0)", "gap == 0"),
    "steps_read_activations_that_are_there": ("~outside & ~self.pause", "~self.pause"),
    "steps_see_all_results_of_the_command_before": ("self.go.eq(self.released & ", "self.go.eq("),
    "an_abort_takes_no_more_steps": ('If(abort, NextState("REFUSED")),', ""),
    "results_are_apart": ("self.room & (gap == 0)", "self.room"),
    "a_command_ends_once": ("Elif(done, pending.eq(0))", "Elif(self.load, pending.eq(0))"),
    "results_are_written_when_a_command_ends": (
        "done.eq(pending & self.empty)",
        "done.eq(pending)",
    ),
}


@pytest.mark.parametrize("claim", first_now(FAULTS))
def test_a_fault_refutes_it(claim):
    refute(bench_of(with_fault(Sequencer, *FAULTS[claim])), claim, depth=24)
