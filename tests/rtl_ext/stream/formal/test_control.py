"""A program is over when nothing of it is under way, and not before."""

from __future__ import annotations

import pytest
from migen import If, Module, Signal

from compiler_intrinsics.stream.commands import Engine, Status
from rtl_ext.stream.control import LIST_STATE, Control
from tests.support.proof import Bench, first_now, inside, prove, refute, with_fault

STATES = ("IDLE", "PUBLISH", "RUN", "DRAIN", "FORGET")


class Course(Module):
    """How far a program has come, from the ports.

    Ports:
        published   1  out  the first flush is over
        ended       1  out  both lists had ended while they could go on
        halted      1  out  they go on no longer
        drained     1  out  since then nothing was under way
        forgotten   1  out  and since then the last flush is over
        stopped     1  out  the CPU wanted it to end
    """

    def __init__(self, dut: Control):
        names = ("published", "ended", "halted", "drained", "forgotten", "stopped")
        for name in names:
            setattr(self, name, Signal(name=f"course_{name}"))

        # # #

        at_rest = dut.quiet
        both_ended = 1
        for engine in Engine:
            at_rest = at_rest & dut.lists[engine].idle
            both_ended = both_ended & dut.lists[engine].ended
        flushed = dut.flush & dut.flushed
        self.sync += [
            If(flushed, self.published.eq(1)),
            If(dut.enabled & both_ended, self.ended.eq(1)),
            If(self.published & ~dut.enabled, self.halted.eq(1)),
            If(self.published & ~dut.enabled & at_rest, self.drained.eq(1)),
            If(self.drained & flushed, self.forgotten.eq(1)),
            If(dut.stop, self.stopped.eq(1)),
            If(~dut.running, *(getattr(self, name).eq(0) for name in names)),
        ]


def bench_of(hardware: type) -> Bench:
    """Lists, memory and CPU that do as they like; a flush ends some time after it was asked for."""
    bench = Bench()
    bench.submodules.dut = dut = hardware()
    bench.free(dut.start, dut.stop, dut.quiet, dut.flushed)
    for state in dut.lists:
        bench.free(*(getattr(state, name) for name, _ in LIST_STATE))
        bench.assume(f"{state.name}_refuses_with_a_status", state.status > Status.DONE)
    bench.assume("flushes_are_asked_for", ~dut.flushed | dut.flush)
    bench.submodules.course = course = Course(dut)
    running = bench.before(dut.running, "running")
    over = running & ~dut.running
    # Behind the end `course` is for one cycle what it was in the program's last one.
    done = over & (dut.word.status == Status.DONE)
    enabled, stopped = bench.before(dut.enabled, "enabled"), bench.before(course.stopped, "stopped")
    for name, holds in {
        "running_falls_after_the_last_flush": ~over | course.forgotten,
        "a_program_that_is_done_has_come_to_both_ends": ~done | course.ended,
        "a_program_ends_with_a_status": ~over | (dut.word.status > Status.RUNNING),
        "running_is_said": dut.running == (dut.word.status == Status.RUNNING),
        "the_last_flush_comes_when_all_is_quiet": ~(dut.flush & course.halted) | course.drained,
        "lists_go_on_after_the_first_flush": ~dut.enabled | course.published,
        "lists_are_halted_for_good": ~(dut.enabled & course.halted),
        "commands_are_cut_short_at_the_end_only": ~dut.abort | (course.published & ~dut.enabled),
        "a_stop_halts_the_lists_at_once": ~(stopped & enabled & dut.enabled),
    }.items():
        bench.claim(name, holds)
    _why(bench, dut, course)
    return bench


def _why(bench: Bench, dut: Control, course: Course) -> None:
    """What the states have to do with what is seen from outside."""
    at = {name: dut.fsm.ongoing(name) for name in STATES}
    number = Signal(3)
    bench.comb += number.eq(sum(at.values()))
    bench.claim("it_has_one_state", number == 1)
    anything = course.published | course.halted | course.drained
    bench.claim("nothing_of_it_before_the_first_flush", ~at["PUBLISH"] | ~anything)
    behind = at["RUN"] | at["DRAIN"] | at["FORGET"]
    bench.claim("published_before_the_rest", ~behind | course.published)
    bench.claim("not_halted_before", ~at["RUN"] | ~(course.halted | course.drained))
    bench.claim("drained_before_the_last_flush", ~at["FORGET"] | course.drained)
    bench.claim("not_forgotten_before", ~dut.running | ~course.forgotten)
    bench.claim("a_stop_is_kept", inside(dut, "stopping") == course.stopped)
    judged = at["DRAIN"] | at["FORGET"]
    verdict = dut.verdict.status
    bench.claim("a_verdict_is_a_status", ~judged | (verdict > Status.RUNNING))
    bench.claim(
        "done_is_what_both_have_ended_for", ~(judged & (verdict == Status.DONE)) | course.ended
    )


def test_it_is_proved():
    prove(bench_of(Control), depth=3)


FAULTS = {
    "running_falls_after_the_last_flush": ("If(self.flushed, *taken", "If(1, *taken"),
    "a_program_that_is_done_has_come_to_both_ends": (
        "memory.ended & compute.ended, self.over",
        "memory.ended | compute.ended, self.over",
    ),
    "the_last_flush_comes_when_all_is_quiet": (" & self.quiet", ""),
    "a_program_ends_with_a_status": ("verdict.status.eq(state.status)", "verdict.engine.eq(1)"),
    "running_is_said": ("NextValue(word.status, Status.RUNNING)", "NextValue(word.engine, 0)"),
    "lists_go_on_after_the_first_flush": (
        "If(self.flushed, self.begin",
        "self.enabled.eq(self.stop), If(self.flushed, self.begin",
    ),
    "lists_are_halted_for_good": (
        'If(idle, NextState("FORGET"))',
        'If(idle, NextState("FORGET")), If(self.stop, NextState("RUN"))',
    ),
    "commands_are_cut_short_at_the_end_only": (
        "self.enabled.eq(1),",
        "self.enabled.eq(1), self.abort.eq(self.stop),",
    ),
    "a_stop_halts_the_lists_at_once": ("Elif(self.stop, stopping", "Elif(self.quiet, stopping"),
}


@pytest.mark.parametrize("claim", first_now(FAULTS))
def test_a_fault_refutes_it(claim):
    refute(bench_of(with_fault(Control, *FAULTS[claim])), claim, depth=12)
