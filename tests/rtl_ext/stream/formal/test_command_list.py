"""Commands start when they may, and a list that cannot go on says so."""

from __future__ import annotations

import pytest
from migen import Array, If, Module, Signal

from compiler_intrinsics.command_set import WORD_BITS
from compiler_intrinsics.stream.commands import COUNT_BITS, MEMORY_COMMANDS, Status
from rtl_ext.stream.command_list import UNDER_WAY_BITS, CommandList
from tests.support.proof import Bench, first_now, inside, prove, refute, with_fault

WORDS = MEMORY_COMMANDS.words
MOST = 2
"""Commands that an engine has at a time."""


class Seen(Module):
    """What a list has done, from its ports.

    Ports:
        begun     1   out  it was started
        asked, come  3  out  words of the next command that were asked for, that were answered
        refused   1   out  one of them was not
        word      64  out  word `which` of the command, once it has come
        running   2   out  commands that the engine has
        finished  16  out  commands that were over with status DONE
    """

    def __init__(self, dut: CommandList, which: Signal):
        self.begun = Signal(name="seen_begun")
        self.asked = Signal(max=WORDS + 1, reset=WORDS, name="seen_asked")
        self.come = Signal(max=WORDS + 1, reset=WORDS, name="seen_come")
        self.refused = Signal(name="seen_refused")
        self.word = Signal(WORD_BITS, name="seen_word")
        self.running = Signal(UNDER_WAY_BITS, name="seen_running")
        self.finished = Signal(COUNT_BITS, name="seen_finished")

        # # #

        memory, engine = dut.memory, dut.engine
        self.sync += [
            self.asked.eq(self.asked + (memory.valid & memory.ready)),
            self.come.eq(self.come + memory.answer_valid + memory.refused),
            If(memory.refused, self.refused.eq(1)),
            If(memory.answer_valid & (self.come == which), self.word.eq(memory.answer)),
            If(
                dut.start | engine.start,
                self.asked.eq(0),
                self.come.eq(0),
                self.refused.eq(0),
            ),
            self.running.eq(self.running + engine.start - engine.done),
            If(engine.done & (engine.status == Status.DONE), self.finished.eq(self.finished + 1)),
            If(dut.start, self.begun.eq(1), self.finished.eq(0)),
        ]


def bench_of(hardware: type) -> Bench:
    """Memory answers and refuses what it was asked for; the engine ends what it was given, with
    any status; whether the list goes on, and how far the other one is, changes as it likes."""
    bench = Bench()
    bench.submodules.dut = dut = hardware(MEMORY_COMMANDS)
    which = bench.constant(2, "which")
    bench.submodules.seen = seen = Seen(dut, which)
    memory, engine = dut.memory, dut.engine
    bench.free(dut.start, dut.first, dut.enabled, dut.abort, dut.others)
    bench.free(memory.ready, memory.answer_valid, memory.answer, memory.refused)
    bench.free(engine.busy, engine.done, engine.status)
    under_way, answers = Signal(3), Signal(3)
    bench.comb += [
        under_way.eq(seen.asked - seen.come),
        answers.eq(memory.answer_valid + memory.refused),
    ]
    bench.assume("only_what_was_asked_for_is_answered", answers <= under_way)
    bench.assume("only_what_was_started_ends", ~engine.done | (seen.running != 0))
    bench.assume("an_engine_has_two", engine.busy | (seen.running < MOST))
    bench.assume("an_end_has_a_status", engine.status > Status.RUNNING)
    bench.assume("a_list_is_started_while_idle", ~dut.start | (dut.idle & ~dut.enabled))
    bench.assume("a_list_goes_on_when_started", ~dut.enabled | seen.begun)
    _starts(bench, dut, seen, which)
    _ends(bench, dut, seen)
    return bench


def _starts(bench: Bench, dut: CommandList, seen: Seen, which: Signal) -> None:
    engine = dut.engine
    words = Array(dut.words[WORD_BITS * n :][:WORD_BITS] for n in range(WORDS))
    opcodes = [one.opcode for one in MEMORY_COMMANDS.commands if one.mnemonic != "end"]
    known = Signal()
    bench.comb += [If(engine.opcode == opcode, known.eq(1)) for opcode in opcodes]
    starts = {
        "while_the_engine_is_free": ~engine.busy,
        "after_those_it_waits_for": engine.after <= dut.others,
        "when_it_is_complete": (seen.come == WORDS) & ~seen.refused,
        "only_if_it_is_known": known,
        "as_it_lies_in_memory": words[which] == seen.word,
        "only_while_the_list_goes_on": dut.enabled,
    }
    for name, holds in starts.items():
        bench.claim(f"a_command_starts_{name}", ~engine.start | holds)
    # Why: counters are what is seen from outside, and the first word that came lies lowest.
    asked, come = inside(dut, "asked"), inside(dut, "come")
    bench.claim("words_are_counted", (asked == seen.asked) & (come == seen.come))
    bench.claim("no_more_come_than_asked_for", (come <= asked) & (asked <= WORDS))
    bench.claim("a_refusal_is_kept", dut.unreadable == seen.refused)
    place = Signal(2)
    bench.comb += place.eq(which - seen.come)  # modulo WORDS
    there = ~seen.begun | dut.unreadable | (which >= seen.come)
    bench.claim("words_lie_in_their_order", there | (words[place] == seen.word))


def _ends(bench: Bench, dut: CommandList, seen: Seen) -> None:
    engine = dut.engine
    bench.claim("finished_counts_what_ended_well", ~seen.begun | (dut.finished == seen.finished))
    bench.claim("a_refusal_has_a_status", ~dut.refused | (dut.status > Status.DONE))
    bench.claim("busy_says_that_the_engine_has_one", dut.busy == (seen.running != 0))
    bench.claim(
        "idle_says_that_nothing_is_under_way",
        ~dut.idle | ((seen.running == 0) & (seen.come == seen.asked)),
    )
    at_rest = Signal()
    says = engine.start | dut.waits | dut.refused
    here = dut.enabled & ~dut.ended & (seen.come == WORDS)
    bench.comb += at_rest.eq(here & (seen.running == 0) & ~engine.busy & ~says)
    was_at_rest = bench.before(at_rest, "at_rest")
    bench.claim("a_list_that_cannot_go_on_says_why", ~was_at_rest | dut.ended)
    bench.claim("waiting_means_for_the_other_engine", ~dut.waits | (engine.after > dut.others))
    quiet = ~dut.memory.valid & ~engine.start & ~dut.refused
    bench.claim("nothing_happens_unless_it_goes_on", dut.enabled | quiet)
    # Why: its own count of commands is right.
    bench.claim("commands_are_counted", inside(dut, "under_way") == seen.running)
    bench.claim("an_engine_has_no_more", seen.running <= MOST)


def test_it_is_proved():
    prove(bench_of(CommandList), depth=2)


FAULTS = {
    "a_command_starts_while_the_engine_is_free": ("self.known & ~engine.busy", "self.known"),
    "a_command_starts_after_those_it_waits_for": (
        "engine.after <= self.others",
        "engine.after <= self.others + 1",
    ),
    "finished_counts_what_ended_well": (
        "If(engine.done & (engine.status == Status.DONE), self.finished",
        "If(engine.done, self.finished",
    ),
    "a_list_that_cannot_go_on_says_why": ("(met & ~self.known & ~self.ends)", "0"),
    "a_command_starts_when_it_is_complete": ("come == commands.words", "come > 1"),
    "a_command_starts_only_if_it_is_known": ("met & self.known", "met & ~self.ends"),
    "a_command_starts_as_it_lies_in_memory": (
        "Cat(words[WORD_BITS:], memory.answer)",
        "Cat(memory.answer, words[:-WORD_BITS])",
    ),
    "a_command_starts_only_while_the_list_goes_on": (
        "self.enabled & self.complete",
        "self.complete",
    ),
    "a_refusal_has_a_status": ("Mux(bad, engine.status", "Mux(wrong, engine.status"),
    "idle_says_that_nothing_is_under_way": ("alone & self.settled", "alone"),
    "waiting_means_for_the_other_engine": ("~self.unreadable & ~met & alone", "alone"),
    "nothing_happens_unless_it_goes_on": ("self.enabled & (asked", "1 & (asked"),
}


@pytest.mark.parametrize("claim", first_now(FAULTS))
def test_a_fault_refutes_it(claim):
    refute(bench_of(with_fault(CommandList, *FAULTS[claim])), claim, depth=16)
