"""Programs that the unit cannot carry out: it says why, and leaves main RAM alone."""

from __future__ import annotations

import numpy as np
import pytest

from compiler_intrinsics.stream.commands import Engine, Status
from tests.compiler_intrinsics.stream.test_refusals import REFUSED
from tests.support.stream_bench import MEMORIES, run
from tests.support.stream_programs import (
    BASE,
    DATA,
    LISTS,
    RAM_BYTES,
    Program,
    arena,
    image,
    machine,
)
from tests.support.verilated_stream import Script


def judged(stream, program: Program, memory, change=lambda ram: None) -> tuple:
    """Status, engine and place of the unit and of the machine, which must agree; the unit leaves
    main RAM alone."""
    unit = machine(stream.geometry, program)
    change(unit.ram.data)
    before = unit.ram.data.copy()
    outcome = run(stream, unit, memory)
    unit.run()
    assert outcome.ended[0].word == unit.status_word
    np.testing.assert_array_equal(outcome.ram, before)
    return unit.status, unit.engine, unit.command


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_move_is_named(stream, name, memory):
    mnemonic, fields, status = REFUSED[name]
    program = Program()
    program.move("fill", value=7, count0=8, local0=1)
    program.move(mnemonic, **fields)
    program.move("fill", value=7, count0=8, local0=1)
    program.move("end")
    program.calculate("end")
    assert judged(stream, program, memory) == (status, Engine.MEMORY, 1)


@pytest.mark.parametrize("count", [1, 2, 3, 17, 40])
@pytest.mark.parametrize("mnemonic", ["load", "store"])
def test_a_move_is_refused_at_the_word_that_is_wrong(stream, mnemonic, count):
    """With others under way; whatever was moved before lies inside the window."""
    program = Program()
    tail = {"tail": 8} if mnemonic == "store" else {}
    first = RAM_BYTES - 8 * (count - 1)
    program.move(mnemonic, address=arena(first), count0=count + 5, local0=1, **tail)
    program.move("end")
    program.calculate("end")
    unit = machine(stream.geometry, program)
    before = unit.ram.data[:first].copy()
    outcome = run(stream, unit)
    assert outcome.ended[0].word == Status.ADDRESS
    np.testing.assert_array_equal(outcome.ram[:first], before)


@pytest.mark.parametrize("count", [1, 2, 3, 17, 40])
@pytest.mark.parametrize("mnemonic", ["load", "store", "fill"])
def test_a_move_is_refused_at_the_word_that_lies_behind_the_activations(stream, mnemonic, count):
    program = Program()
    more = {"load": {"address": image(DATA)}, "store": {"tail": 8, "address": arena(DATA)}}
    program.move(
        mnemonic,
        local=stream.geometry.activation_words - count,
        count0=count + 5,
        local0=1,
        **more.get(mnemonic, {}),
    )
    program.move("end")
    program.calculate("end")
    outcome = run(stream, machine(stream.geometry, program))
    assert outcome.ended[0].word == Status.LOCAL


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"rows": 0}, Status.SIZE),
        ({"taps2": 0}, Status.SIZE),
        ({"input": 8 * 1024}, Status.LOCAL),
        ({"rows": 2, "output": 1000, "output_row": 100}, Status.LOCAL),
        ({"weights": 510}, Status.LOCAL),
    ],
)
def test_a_bad_calculation_is_named(stream, fields, status):
    program = Program()
    program.calculate("dot")
    program.calculate("dot", **fields)
    program.calculate("dot")
    program.calculate("end")
    program.move("end")
    assert judged(stream, program, MEMORIES[1]) == (status, Engine.COMPUTE, 1)


@pytest.mark.parametrize("engine", Engine)
def test_an_unknown_operation_is_named(stream, engine):
    program = Program()
    program.move("end")
    program.calculate("end")

    def change(ram: np.ndarray) -> None:
        ram[LISTS[engine]] = 15

    assert judged(stream, program, MEMORIES[1], change) == (Status.UNKNOWN, engine, 0)


@pytest.mark.parametrize("memory", MEMORIES)
def test_two_commands_that_wait_for_each_other_end_the_program(stream, memory):
    program = Program()
    program.move("fill")
    program.move("fill", after=2)
    program.move("end")
    program.calculate("dot", after=1)
    program.calculate("dot", after=2)
    program.calculate("end")
    assert judged(stream, program, memory) == (Status.STUCK, Engine.MEMORY, 1)


@pytest.mark.parametrize("memory", MEMORIES)
def test_a_command_that_waits_for_a_list_that_has_ended_ends_the_program(stream, memory):
    program = Program()
    program.move("end")
    program.calculate("dot", after=1)
    program.calculate("end")
    assert judged(stream, program, memory) == (Status.STUCK, Engine.COMPUTE, 0)


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("bad", [4, RAM_BYTES, RAM_BYTES - 16])
def test_a_list_that_cannot_be_read_is_named(stream, engine, bad):
    program = Program()
    program.move("end")
    program.calculate("end")
    unit = machine(stream.geometry, program)
    starts = [image(LISTS[0]), arena(LISTS[1])]
    starts[engine] = image(0) + bad
    script = Script()
    script.instruct("image", BASE, RAM_BYTES)
    script.instruct("arena", BASE, RAM_BYTES)
    script.instruct("start", *starts)
    script.wait()
    outcome = stream.run(script, unit.ram.data, MEMORIES[1])
    assert outcome.ended[0].status is Status.ADDRESS
    assert outcome.ended[0].blamed == (engine, 0)


@pytest.mark.parametrize(
    ("base", "size"),
    [(0, 0xFFFFFFF8), (BASE - 8, 64), (BASE + RAM_BYTES, 64), (0xFFFFFFF8, 1 << 31)],
)
def test_a_window_that_main_ram_does_not_have_reaches_nothing(stream, base, size):
    program = Program()
    program.move("load", address=arena(0))
    program.move("end")
    program.calculate("end")
    unit = machine(stream.geometry, program)
    script = Script()
    script.instruct("image", BASE, RAM_BYTES)
    script.instruct("arena", base, size)
    script.instruct("start", image(LISTS[0]), image(LISTS[1]))
    script.wait()
    outcome = stream.run(script, unit.ram.data)
    assert outcome.ended[0].word == Status.ADDRESS


def test_nothing_can_be_reached_before_windows_are_set(stream):
    program = Program()
    program.move("end")
    program.calculate("end")
    script = Script()
    script.instruct("start", image(LISTS[0]), arena(LISTS[1]))
    script.wait()
    outcome = stream.run(script, machine(stream.geometry, program).ram.data)
    assert outcome.ended[0].status is Status.ADDRESS
    assert (outcome.words_read, outcome.words_written) == (0, 0)
