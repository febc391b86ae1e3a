"""An engine that was reset, or aborted, in the middle of a command does the next one exactly."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from migen import ResetInserter, run_simulation

from compiler_intrinsics.stream.commands import MEMORY_COMMANDS, Space, Status
from compiler_intrinsics.stream.move import MainRam, move
from rtl_ext.stream.layouts import LOCAL_LATENCY
from rtl_ext.stream.memory_engine import WORDS, MemoryEngine
from rtl_ext.stream.result_queue import LONGEST_WAY
from tests.rtl_ext.stream.test_compute_engine import ENGINES, OTHER, Run, geometry_of
from tests.rtl_ext.stream.test_memory_engine import (
    GEOMETRY,
    RAM_BYTES,
    Surroundings,
    begin,
    carry_out,
    random_fields,
)
from tests.support.stream_commands import encoded
from tests.support.verilated_engine import Script, verilate_engine

WAYS: dict[str, Callable[[Script, int], None]] = {"reset": Script.reset, "abort": Script.abort}

FULL = [pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 30)]
TURNS = 8
"""Commands that are cut short in a run, each followed by one that is not."""


@pytest.fixture(scope="module", params=ENGINES, ids=lambda size: f"taps{size[0]}-r{size[1]}")
def engine(request):
    return verilate_engine(geometry_of(*request.param))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [*range(2), *FULL])
def test_a_calculation_is_exact_after_others_were_cut_short(engine, seed, way):
    """Whatever those have left in the activations: these are written again."""
    run = Run(engine.geometry, 500 + seed)
    commands = [run.random_command() for _ in range(4 * TURNS)]
    run.script.fill(Space.WEIGHTS, run.weights)
    run.script.wait()
    for turn in range(TURNS):
        *cut, last = commands[4 * turn : 4 * turn + 4]
        for mnemonic, fields in cut:
            run.script.command(encoded(mnemonic, fields))
        for address in run.rng.choices(OTHER, k=100):
            run.script.write(Space.ACTIVATIONS, address, run.rng.getrandbits(64))
            run.script.read(address)
        WAYS[way](run.script, run.rng.randrange(1, run.rng.choice((12, 60, 500))))
        run.script.fill(Space.ACTIVATIONS, run.activations)
        run.script.wait()
        run.command(*last)
    ended = check(run, engine, aborts=TURNS if way == "abort" else 0)
    assert {end.status for end in ended} == {Status.DONE}


def check(run: Run, engine, aborts: int):
    """The memory is what it must be, and every abort was over soon."""
    run.script.wait()
    for address in range(len(run.activations) // 8):
        run.script.read(address)
    run.script.wait()
    ended, answers = engine.run(run.script, run.rng.getrandbits(30), access_pause=20)
    assert all(answers[:aborts] <= 2 * LONGEST_WAY)
    np.testing.assert_array_equal(answers[aborts:], run.activations.view("<u8"))
    return ended


def random_move(rng: Random) -> tuple[int, dict[str, int]]:
    mnemonic = rng.choice(("load", "store", "fill"))
    return MEMORY_COMMANDS.by_mnemonic[mnemonic].opcode, random_fields(rng, mnemonic)


@pytest.mark.parametrize("pause", [0, 0.5])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [*range(2), *FULL])
def test_a_move_is_exact_after_others_were_cut_short(seed, way, pause):
    """Whatever those have left in the memories."""
    rng = Random(seed)
    dut = ResetInserter()(MemoryEngine(GEOMETRY))
    around = Surroundings(dut, rng, pause)

    def program():
        for _ in range(2 * TURNS):
            yield from begin(dut, *random_move(rng))
            for _ in range(rng.randrange(1, rng.choice((4, 20, 80)))):
                yield
            yield from (reset(dut, around) if way == "reset" else abort(dut, pause))
            yield from exact(dut, around, random_move(rng))

    run_simulation(dut, [program(), around.gate(), around.local()])


def reset(dut: MemoryEngine, around: Surroundings):
    """All of the unit is reset, so nothing is answered that was asked for before."""
    yield dut.reset.eq(1)
    for _ in range(LOCAL_LATENCY + 1):
        yield
        around.forget()
    yield dut.reset.eq(0)
    yield


def abort(dut: MemoryEngine, pause: float):
    """It comes to its end, and soon if nobody makes it wait."""
    cycles = 0
    yield dut.command.abort.eq(1)
    while (yield dut.command.busy):
        yield
        cycles += 1
        assert pause or cycles <= 2 * WORDS
    yield dut.command.abort.eq(0)
    for _ in range(LOCAL_LATENCY):
        yield


def exact(dut: MemoryEngine, around: Surroundings, command: tuple[int, dict[str, int]]):
    """A command that does what it means, with what there is now."""
    expected = MainRam(0, around.ram.copy())
    expected.windows = dict.fromkeys(expected.windows, range(RAM_BYTES))
    inside = [memory.copy() for memory in around.inside]
    assert (yield from carry_out(dut, *command)) is Status.DONE
    move(expected, *inside, *command)
    for _ in range(LOCAL_LATENCY):
        yield
    np.testing.assert_array_equal(around.ram, expected.data)
    for found, wanted in zip(around.inside, inside, strict=True):
        np.testing.assert_array_equal(found, wanted)
