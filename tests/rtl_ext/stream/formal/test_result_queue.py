"""No place is lost, made up or passed by another, whatever comes when."""

from __future__ import annotations

import pytest

from compiler_intrinsics.stream.geometry import Geometry
from rtl_ext.stream.result_queue import ResultQueue
from tests.rtl_ext.stream.formal.follow import Follow, Queue
from tests.support.proof import Bench, first_now, inside, memory_of, prove, refute, with_fault


def bench_of(hardware: type, requantisers: int = 4) -> Bench:
    """Pushes as long as there is room, pops as long as there is something."""
    bench = Bench()
    bench.submodules.dut = dut = hardware(Geometry(requantisers=requantisers))
    bench.free(dut.push, dut.place, dut.pop)
    bench.assume("pushes_need_room", ~dut.push | dut.room)
    bench.assume("pops_need_something", ~dut.pop | ~dut.empty)
    registers = {name: inside(dut, name) for name in ("count", "free_at", "oldest_at")}
    queue = Queue(
        push=dut.push,
        item=dut.place,
        pop=dut.pop,
        oldest=dut.oldest,
        memory=memory_of(dut),
        **registers,
    )
    bench.submodules.follow = follow = Follow(bench, queue)
    bench.claim("room_is_told", dut.room == (follow.held < queue.memory.depth))
    return bench


@pytest.mark.parametrize("requantisers", [4, pytest.param(8, marks=pytest.mark.full)])
def test_it_is_proved(requantisers):
    prove(bench_of(ResultQueue, requantisers), depth=2)


FAULTS = {
    "queue_never_overflows": ("~count[-1]", "1"),
    "queue_never_underflows": ("count == 0", "count == 1"),
    "queue_keeps_its_order": ("oldest_at.eq(oldest_at + 1)", "oldest_at.eq(oldest_at + 2)"),
    "room_is_told": ("~count[-1]", "count < places - 1"),
}


@pytest.mark.parametrize("claim", first_now(FAULTS))
def test_a_fault_refutes_it(claim):
    refute(bench_of(with_fault(ResultQueue, *FAULTS[claim])), claim, depth=20)
