"""A program that is to end does so soon, however long its commands are."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from compiler_intrinsics.stream.commands import Engine, Status
from compiler_intrinsics.stream.geometry import GROUPS, Geometry
from rtl_ext.stream.control import STOP_CYCLES
from tests.support.stream_bench import run, start
from tests.support.stream_moves import DATA, whole_program
from tests.support.stream_programs import LISTS, RAM_BYTES, Program, arena, image, machine
from tests.support.verilated_stream import LONGEST_FLUSH, Memory, Script, verilate_stream

ENDLESS = 0xFFFF
"""Turns of each loop of a command that would go on for years."""

MEMORIES = (Memory(0, 1), Memory(0, 25))
"""Those that always take what they are offered, and answer within their latency."""

COUNTS = dict.fromkeys(("count0", "count1", "count2"), ENDLESS)
LOOPS = {"groups": ENDLESS, "rows": ENDLESS, "columns": 900}
OTHER_LISTS = tuple(place + 0x4000 for place in LISTS)
"""Where the lists of a second program lie."""

MOVES = {
    "load": {"address": image(DATA), "local0": 1},
    "store": {"address": arena(DATA), "tail": 3},
    "fill": {"value": 7},
}


def endless_moves(mnemonic: str) -> Program:
    """A program whose memory engine goes over the same row for ever."""
    program = Program()
    fields = COUNTS | {"count0": 40} if mnemonic != "fill" else COUNTS
    program.move(mnemonic, **fields, **MOVES[mnemonic])
    program.move("end")
    return program


def stopped(stream, program: Program, pause: int, memory: Memory) -> tuple[Status, Engine, int]:
    """What a program says that is stopped after so many cycles; and it ends within the bound."""
    script = Script()
    start(script)
    script.let_pass(pause)
    script.instruct("stop")
    script.wait()
    (ended,) = stream.run(script, machine(stream.geometry, program).ram.data, memory).ended
    assert ended.cycles <= STOP_CYCLES + memory.latency + LONGEST_FLUSH
    return ended.status, *ended.blamed


PAUSES = [*range(100, 140, 3), 300, 1000]


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("mnemonic", MOVES)
def test_a_long_move_can_be_stopped(stream, mnemonic, memory):
    program = endless_moves(mnemonic)
    program.calculate("end")
    for pause in PAUSES:
        assert stopped(stream, program, pause, memory) == (Status.STOPPED, Engine.MEMORY, 0)


@pytest.mark.parametrize("mnemonic", ["dot", "depthwise"])
@pytest.mark.parametrize("taps", [1, 2, 200])
def test_a_long_calculation_can_be_stopped(stream, mnemonic, taps):
    program = Program()
    program.move("end")
    program.calculate(mnemonic)
    program.calculate(mnemonic, **LOOPS, taps2=taps)
    program.calculate("end")
    for pause in PAUSES[8:]:
        expected = (Status.STOPPED, Engine.COMPUTE, 1)
        assert stopped(stream, program, pause + 60, MEMORIES[0]) == expected


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("mnemonic", MOVES)
def test_both_engines_can_be_stopped_at_once(stream, mnemonic, memory):
    program = endless_moves(mnemonic)
    program.calculate("depthwise", **LOOPS)
    program.calculate("end")
    for pause in PAUSES:
        assert stopped(stream, program, pause, memory) == (Status.STOPPED, Engine.MEMORY, 0)


@pytest.mark.full
@pytest.mark.parametrize(("taps", "requantisers"), [(1, 8), (8, 8), (2, 1), (8, 1)])
def test_other_units_stop_as_soon(taps, requantisers):
    geometry = Geometry(
        taps=taps, requantisers=requantisers, activation_words=1024, weight_entries=512
    )
    stream = verilate_stream(geometry)
    for mnemonic in MOVES:
        program = endless_moves(mnemonic)
        program.calculate("dot", **LOOPS)
        program.calculate("end")
        for pause in range(100, 400, 7):
            stopped(stream, program, pause, MEMORIES[pause % 2])


def test_a_stop_names_the_calculation_that_a_move_waits_for(stream):
    program = Program()
    program.move("fill", after=1)
    program.move("end")
    program.calculate("dot", **LOOPS)
    program.calculate("end")
    assert stopped(stream, program, 500, MEMORIES[0]) == (Status.STOPPED, Engine.COMPUTE, 0)


def refused(stream, program: Program, seed: int) -> tuple[Status, tuple[Engine, int], int]:
    """How a program ends by itself, and after how many cycles."""
    unit = machine(stream.geometry, program)
    (ended,) = run(stream, unit, Memory(0, 1, seed)).ended
    return ended.status, ended.blamed, ended.cycles


FETCHED = 200
"""Cycles in which a program's first commands are read, and its first flush."""


@pytest.mark.parametrize("seed", range(3))
def test_a_refused_move_ends_a_long_calculation(stream, seed):
    program = Program()
    program.move("fill")
    program.move("load", address=image(RAM_BYTES))
    program.calculate("dot", **LOOPS)
    status, blamed, cycles = refused(stream, program, seed)
    assert (status, blamed) == (Status.ADDRESS, (Engine.MEMORY, 1))
    assert cycles <= FETCHED + STOP_CYCLES + LONGEST_FLUSH


@pytest.mark.parametrize("mnemonic", MOVES)
def test_a_refused_calculation_ends_a_long_move(stream, mnemonic):
    program = endless_moves(mnemonic)
    program.calculate("dot")
    program.calculate("dot", rows=0)
    status, blamed, cycles = refused(stream, program, 0)
    assert (status, blamed) == (Status.SIZE, (Engine.COMPUTE, 1))
    assert cycles <= FETCHED + STOP_CYCLES + LONGEST_FLUSH


def test_what_a_store_wrote_before_it_was_stopped_lies_where_it_may(stream):
    """In its rows, with its tail; all else in main RAM is as it was."""
    program = endless_moves("store")
    program.calculate("dot", **LOOPS)
    for pause in range(100, 150, 7):
        unit = machine(stream.geometry, program)
        data = np.random.default_rng(pause).integers(0, 256, RAM_BYTES - DATA, np.uint8)
        unit.ram.data[DATA:] = data
        script = Script()
        start(script)
        script.let_pass(pause)
        script.instruct("stop")
        script.wait()
        outcome = stream.run(script, unit.ram.data, MEMORIES[1])
        touched = np.flatnonzero(outcome.ram != unit.ram.data) - DATA
        row = 8 * 40
        assert ((touched >= 0) & (touched < row - 8 + MOVES["store"]["tail"])).all()


@pytest.mark.parametrize("pause", [*range(100, 130, 3), 500])
@pytest.mark.parametrize("mnemonic", ["load", "fill"])
def test_a_program_does_what_it_means_after_long_commands_were_cut_short(stream, mnemonic, pause):
    rng = Random(pause)
    unit = whole_program(rng, stream.geometry, 4)
    program = endless_moves(mnemonic)
    program.calculate(rng.choice(("dot", "depthwise")), **LOOPS, taps2=GROUPS)
    program.calculate("dot")
    for place, commands in zip(OTHER_LISTS, (program.memory, program.compute), strict=True):
        code = np.frombuffer(b"".join(commands), np.uint8)
        unit.ram.data[place : place + len(code)] = code
    script = Script()
    start(script)
    script.wait()
    script.instruct("start", *map(image, OTHER_LISTS))
    script.let_pass(pause)
    script.instruct("stop")
    script.wait()
    start(script)
    script.wait()
    outcome = stream.run(script, unit.ram.data, MEMORIES[1])
    assert unit.run() is Status.DONE
    statuses = [ended.status for ended in outcome.ended]
    assert statuses == [Status.DONE, Status.STOPPED, Status.DONE]
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)
