"""No word too many is asked for, no access leaves the unit's memories, and every end comes."""

from __future__ import annotations

import pytest
from migen import Cat, If, Module, Signal

from compiler_intrinsics.stream.commands import MEMORY_COMMANDS, Space
from compiler_intrinsics.stream.geometry import Geometry
from rtl_ext.stream.layouts import LOCAL_LATENCY
from rtl_ext.stream.memory_engine import COMMAND, WORDS, MemoryEngine
from tests.support.proof import Bench, first_now, inside, prove, refute, with_fault

GEOMETRY = Geometry(activation_words=64, weight_entries=16)
SIZES = {
    Space.ACTIVATIONS: GEOMETRY.activation_words,
    Space.WEIGHTS: GEOMETRY.weight_entries * GEOMETRY.entry_bytes // 8,
}
BITS = 8
"""Enough for what is counted here."""


class Around(Module):
    """Main RAM behind the gate, and the unit's memories; they answer what they were asked for.

    Ports:
        leaves      1  in   the access in the gate is sent or refused
        refuses     1  in   with it: which of both
        waits       1  out  an access is in the gate
        writes      1  out  with it: it is a write
        reads       8  out  reads of main RAM that are not answered
        inside      3  out  reads of activations that are not answered, the oldest one highest
    """

    def __init__(self, dut: MemoryEngine):
        self.leaves = Signal(name="around_leaves")
        self.refuses = Signal(name="around_refuses")
        self.waits = Signal(name="around_waits")
        self.writes = Signal(name="around_writes")
        self.reads = Signal(BITS, name="around_reads")
        self.inside = Signal(LOCAL_LATENCY, name="around_inside")

        # # #

        memory, local = dut.memory, dut.local
        sent = self.leaves & ~self.refuses
        self.comb += [
            memory.refused.eq(self.leaves & self.refuses),
            memory.written.eq(sent & self.writes),
            local.answer_valid.eq(self.inside[-1]),
        ]
        self.sync += [
            If(self.leaves, self.waits.eq(0)),
            If(memory.valid & memory.ready, self.waits.eq(1), self.writes.eq(memory.write)),
            self.reads.eq(self.reads + (sent & ~self.writes) - memory.answer_valid),
            self.inside.eq(Cat(local.valid & local.ready & ~local.write, self.inside[:-1])),
        ]


def bench_of(hardware: type) -> Bench:
    """Commands of every kind; memories that take their time, refusals and aborts at any time."""
    bench = Bench()
    bench.submodules.dut = dut = hardware(GEOMETRY)
    bench.submodules.around = around = Around(dut)
    command, memory, local = dut.command, dut.memory, dut.local
    bench.free(command.start, command.abort, *(getattr(command, name) for name, _ in COMMAND))
    bench.free(memory.ready, memory.answer_valid, memory.answer, local.ready, local.answer)
    bench.free(around.leaves, around.refuses)
    opcodes = [one.opcode for one in MEMORY_COMMANDS.commands if one.mnemonic != "end"]
    known = Signal()
    bench.comb += [If(command.opcode == opcode, known.eq(1)) for opcode in opcodes]
    bench.assume("known_commands_start_when_it_is_free", ~command.start | (known & ~command.busy))
    bench.assume("what_is_in_the_gate_leaves_it", ~around.leaves | around.waits)
    bench.assume("the_gate_has_one_place", ~memory.ready | ~around.waits | around.leaves)
    bench.assume("reads_that_were_sent_are_answered", ~memory.answer_valid | (around.reads != 0))
    _accesses(bench, dut)
    _queue(bench, dut, around)
    _ends(bench, dut, around)
    return bench


def _accesses(bench: Bench, dut: MemoryEngine) -> None:
    local = dut.local
    for space, size in SIZES.items():
        lies = (local.space != space) | (local.address < size)
        name = f"{space.name.lower()}_are_as_large_as_they_are"
        bench.claim(name, ~local.valid | lies)
    names = ("valid", "write", "space", "address", "data", "ready")
    was = {name: bench.before(getattr(local, name), f"local_{name}") for name in names}
    same = (local.write == was["write"]) & (local.space == was["space"])
    same &= (local.address == was["address"]) & (~local.write | (local.data == was["data"]))
    kept = was["valid"] & ~was["ready"]
    bench.claim("what_is_offered_stays_until_it_is_taken", ~kept | (local.valid & same))
    aborted = bench.before(dut.command.abort, "abort") & bench.before(dut.moving, "moving")
    news = dut.memory.valid | (local.valid & ~kept)
    bench.claim("an_abort_starts_no_access", ~(aborted & news))
    # Why: an offer is remembered.
    bench.claim("an_offer_is_remembered", inside(dut, "offered") == kept)


def _queue(bench: Bench, dut: MemoryEngine, around: Around) -> None:
    queue, at = dut.queue, {name: dut.is_operation[name] for name in ("load", "store")}
    bench.claim("the_queue_never_overflows", ~queue.we | queue.writable)
    bench.claim("the_queue_never_underflows", ~queue.re | queue.readable)
    # Why: `room` is what neither is in the queue nor on its way to it.
    asked, spoken_for = Signal(BITS), Signal(BITS)
    bench.comb += [
        If(at["load"], asked.eq(around.waits + around.reads)),
        If(at["store"], asked.eq(sum(around.inside[n] for n in range(LOCAL_LATENCY)))),
        spoken_for.eq(dut.room + queue.level + asked),
    ]
    bench.claim("all_places_are_accounted_for", ~dut.moving | (spoken_for == WORDS))
    bench.claim("no_more_reads_than_places", around.reads <= WORDS)
    free_at, oldest_at = inside(queue, "produce"), inside(queue, "consume")
    distance = Signal(len(free_at))
    bench.comb += distance.eq(free_at - oldest_at - queue.level)
    bench.claim("the_queue_counts", (distance == 0) & (queue.level <= WORDS))
    of_kind = at["load"] | (around.reads == 0)
    of_kind &= at["store"] | (around.inside == 0)
    of_kind &= ~around.waits | (around.writes == ~at["load"])
    bench.claim("only_its_own_accesses_are_under_way", of_kind)
    bench.claim("a_write_is_remembered", dut.writing == (around.waits & around.writes))


def _ends(bench: Bench, dut: MemoryEngine, around: Around) -> None:
    local, queue = dut.local, dut.queue
    nothing = ~around.waits & (around.reads == 0) & (around.inside == 0) & (queue.level == 0)
    nothing &= ~local.valid
    bench.claim("nothing_is_under_way_when_it_is_done", ~dut.command.done | nothing)
    # Each word under way counts for the cycles that it may take from where it is.
    fields = around.inside
    left, more = Signal(BITS), Signal(BITS)
    bench.comb += [
        If(local.valid, more.eq(1), If(~local.write, more.eq(LOCAL_LATENCY + 2))),
        left.eq(
            queue.level
            + 2 * around.reads
            + sum((LOCAL_LATENCY + 1 - n) * fields[n] for n in range(LOCAL_LATENCY))
            + more
            + around.waits
            + 2 * (around.waits & ~around.writes)
        ),
    ]
    thrown_away = (queue.level != 0) & ~local.valid
    event = around.leaves | dut.memory.answer_valid | (local.valid & local.ready)
    event |= (fields != 0) | thrown_away
    cut = bench.before(dut.moving & dut.wrong, "cut")
    was, happened = bench.before(left, "left"), bench.before(event, "event")
    bench.claim("with_every_event_less_is_left", ~(cut & happened) | (left < was))
    bench.claim("no_event_makes_it_more", ~cut | (left <= was))
    bench.claim("a_command_cut_short_ends", ~(cut & (was == 0)) | ~dut.moving)
    bench.claim("little_is_left", left <= 2 * WORDS + LOCAL_LATENCY + 2)
    # Why: nothing begins before it moves.
    bench.claim("nothing_is_under_way_unless_it_moves", dut.moving | nothing)


def test_it_is_proved():
    prove(bench_of(MemoryEngine), depth=2)


FAULTS = {
    "what_is_offered_stays_until_it_is_taken": ("(~self.wrong | offered)", "~self.wrong"),
    "the_queue_never_overflows": ("self.room.eq(WORDS)", "self.room.eq(WORDS + 1)"),
    "an_abort_starts_no_access": ("possible & ~self.wrong", "possible"),
    "with_every_event_less_is_left": (" | (queue.readable & waste)", ""),
    "activations_are_as_large_as_they_are": ("wanted & ~outside", "wanted"),
    "weights_are_as_large_as_they_are": (
        "near.place[bits_for_index(weight_words) :]",
        "near.place[bits_for_index(weight_words) + 1 :]",
    ),
    "the_queue_never_underflows": ("(load & queue.readable)))", "load))"),
    "nothing_is_under_way_when_it_is_done": ("~self.writing & (self.room", "(self.room"),
    "a_command_cut_short_ends": ("(self.wrong | (~far.more", "((~far.more"),
}


@pytest.mark.parametrize("claim", first_now(FAULTS))
def test_a_fault_refutes_it(claim):
    refute(bench_of(with_fault(MemoryEngine, *FAULTS[claim])), claim, depth=24)
