"""Nothing leaves the windows, whatever engines ask for; and who asked is answered."""

from __future__ import annotations

from functools import reduce
from operator import and_

import pytest
from migen import Cat, If, Module, Record, Signal

from compiler_intrinsics.stream.commands import WINDOW_BIT, Window
from rtl_ext.stream.gate import READS, WINDOW, WORD_SHIFT, Gate
from rtl_ext.unit_memory import ADDRESS_BITS
from tests.rtl_ext.stream.formal.follow import Follow, Queue
from tests.support.proof import Bench, first_now, inside, memory_of, prove, refute, with_fault

MASTERS = 3
PAYLOAD = ("write", "address", "data", "mask")
DISTANCE = ADDRESS_BITS + 2
"""Bits in which no sum of a base and a size is too large."""


class Taken(Module):
    """The access that was taken last, and whether it is still in the gate.

    Ports:
        owner    3   out  whose it is, a bit for each master
        waits    1   out  it has neither been sent nor refused
        write, address, data, mask   out  as they were asked for
    """

    def __init__(self, gate: Gate, ends: Signal):
        self.owner = Signal(MASTERS, name="taken_owner")
        self.waits = Signal(name="taken_waits")
        for name in PAYLOAD:
            setattr(self, name, Signal.like(getattr(gate.masters[0], name), name=f"taken_{name}"))

        # # #

        self.sync += If(ends, self.waits.eq(0))
        for number, master in enumerate(gate.masters):
            self.sync += If(
                master.valid & master.ready,
                self.owner.eq(1 << number),
                self.waits.eq(1),
                *(getattr(self, name).eq(getattr(master, name)) for name in PAYLOAD),
            )


def bench_of(hardware: type) -> Bench:
    """Masters that ask for anything and change their minds; a main RAM that ends anywhere, takes
    what it likes and answers reads when it likes; windows that lie anywhere."""
    bench = Bench()
    bench.submodules.dut = gate = hardware(MASTERS)
    cmd, rdata = gate.memory.cmd, gate.memory.rdata
    for master in gate.masters:
        bench.free(master.valid, *(getattr(master, name) for name in PAYLOAD))
    bench.free(cmd.ready, rdata.valid, rdata.data)
    for number, window in enumerate(gate.windows):
        for name in ("base", "size"):
            register = getattr(window, name)
            bench.comb += register.eq(bench.constant(ADDRESS_BITS, f"window{number}_{name}"))
    bench.comb += cmd.outside.eq(cmd.address >= bench.constant(ADDRESS_BITS, "end_of_ram"))
    ends = Signal()
    bench.submodules.taken = taken = Taken(gate, ends)
    bench.comb += ends.eq((cmd.valid & cmd.ready) | _any(gate, "refused"))
    _stays_inside(bench, gate, taken)
    _offers_what_was_asked(bench, gate, taken)
    _answers(bench, gate, taken)
    return bench


def _any(gate: Gate, name: str):
    return Cat(*(getattr(master, name) for master in gate.masters)) != 0


def _lies_in(bench: Bench, gate: Gate, window: Window):
    """The address that is offered does."""
    base, end, address = Signal(DISTANCE), Signal(DISTANCE), Signal(DISTANCE)
    registers = gate.windows[window]
    bench.comb += [
        base.eq(registers.base),
        end.eq(registers.base + registers.size),
        address.eq(gate.memory.cmd.address),
    ]
    return (base <= address) & (address < end)


def _stays_inside(bench: Bench, gate: Gate, taken: Taken) -> None:
    cmd = gate.memory.cmd
    in_arena, in_image = (_lies_in(bench, gate, one) for one in (Window.ARENA, Window.IMAGE))
    named = taken.address[WINDOW_BIT]
    bench.claim("writes_lie_in_the_arena", ~(cmd.valid & cmd.write) | in_arena)
    bench.claim(
        "reads_lie_in_the_window_they_name",
        ~(cmd.valid & ~cmd.write) | (named & in_arena) | (~named & in_image),
    )
    bench.claim("all_lies_in_main_ram", ~(cmd.valid & cmd.outside))


def _offers_what_was_asked(bench: Bench, gate: Gate, taken: Taken) -> None:
    cmd, access = gate.memory.cmd, gate.access
    named, place = Record(WINDOW), Signal(DISTANCE)
    offset = taken.address[WORD_SHIFT:WINDOW_BIT]
    bench.comb += [
        named.eq(gate.windows[Window.IMAGE]),
        If(taken.address[WINDOW_BIT], named.eq(gate.windows[Window.ARENA])),
        place.eq(named.base + offset),
    ]
    same = (cmd.write == taken.write) & (cmd.data == taken.data) & (cmd.mask == taken.mask)
    bench.claim(
        "what_is_offered_was_asked_for",
        ~cmd.valid | (taken.waits & same & (cmd.address == place)),
    )
    names = ("valid", *(name for name in PAYLOAD))
    was = {name: bench.before(getattr(cmd, name), name) for name in (*names, "ready")}
    stays = reduce(and_, [was[name] == getattr(cmd, name) for name in names])
    bench.claim("what_is_offered_stays_until_it_is_taken", ~was["valid"] | was["ready"] | stays)
    # Why: what waits in the gate is what its register holds.
    sum_is_right = (cmd.address == place[:ADDRESS_BITS]) & (
        access.beyond == (place[ADDRESS_BITS:] != 0)
    )
    holds = sum_is_right & same & (access.owner == taken.owner) & (access.write == taken.write)
    may = access.refused | ((offset < named.size) & (~taken.write | taken.address[WINDOW_BIT]))
    bench.claim(
        "the_register_is_told_of", (access.valid == taken.waits) & (~access.valid | (holds & may))
    )


def _answers(bench: Bench, gate: Gate, taken: Taken) -> None:
    cmd, rdata = gate.memory.cmd, gate.memory.rdata
    refused, written, answered = (
        Cat(*(getattr(master, name) for master in gate.masters))
        for name in ("refused", "written", "answer_valid")
    )
    sent = cmd.valid & cmd.ready
    bench.claim(
        "a_write_is_reported_to_who_asked",
        ((sent & cmd.write) & (written == taken.owner)) | (~(sent & cmd.write) & (written == 0)),
    )
    bench.claim(
        "only_who_asked_hears_of_a_refusal",
        (refused == 0) | (taken.waits & (refused == taken.owner) & ~cmd.valid),
    )
    order = gate.order
    queue = Queue(
        push=sent & ~cmd.write,
        item=taken.owner,
        pop=rdata.valid,
        oldest=order.dout,
        count=order.level,
        free_at=inside(order, "produce"),
        oldest_at=inside(order, "consume"),
        memory=memory_of(order),
    )
    bench.submodules.follow = follow = Follow(bench, queue)
    bench.assume("only_reads_are_answered", ~rdata.valid | (follow.held != 0))
    mine = follow.follows & (follow.ahead == 0)
    bench.claim(
        "an_answer_goes_to_who_asked",
        (~rdata.valid & (answered == 0)) | (rdata.valid & (~mine | (answered == follow.item))),
    )
    bench.claim("it_is_idle_when_nothing_is_under_way", ~gate.idle | (follow.held == 0))
    assert queue.memory.depth == READS


def test_it_is_proved():
    prove(bench_of(Gate), depth=2)


FAULTS = {
    "writes_lie_in_the_arena": ("offset >= window.size", "offset > window.size"),
    "what_is_offered_stays_until_it_is_taken": ("~access.valid | leaves", "1"),
    "an_answer_goes_to_who_asked": ("self.memory.rdata.valid & order.dout", "order.dout"),
    "queue_never_overflows": ("access.write | order.writable", "access.write | 1"),
    "reads_lie_in_the_window_they_name": (
        "access.refused | access.beyond | cmd.outside",
        "access.refused | cmd.outside",
    ),
    "all_lies_in_main_ram": ("access.beyond | cmd.outside", "access.beyond"),
    "what_is_offered_was_asked_for": ("cmd.mask.eq(chosen.mask)", "cmd.mask.eq(master.mask)"),
    "a_write_is_reported_to_who_asked": ("~self.refused & access.write", "access.write"),
    "only_who_asked_hears_of_a_refusal": ("mine & self.refused", "leaves & self.refused"),
    "queue_keeps_its_order": ("order.din.eq(access.owner)", "order.din.eq(~access.owner)"),
    "it_is_idle_when_nothing_is_under_way": (
        "~self.access.valid & ~order.readable",
        "~self.access.valid",
    ),
}


@pytest.mark.parametrize("claim", first_now(FAULTS))
def test_a_fault_refutes_it(claim):
    refute(bench_of(with_fault(Gate, *FAULTS[claim])), claim, depth=20)


@pytest.mark.full
def test_a_write_to_the_image_would_be_found():
    fault = ("                | (chosen.write & ~in_arena)\n", "")
    refute(bench_of(with_fault(Gate, *fault)), "writes_lie_in_the_arena", depth=6)
