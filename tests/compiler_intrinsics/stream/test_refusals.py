"""Commands that cannot be carried out, and programs that cannot go on."""

from __future__ import annotations

import pytest

from compiler_intrinsics.stream.commands import Engine, Status
from compiler_intrinsics.stream.geometry import Geometry
from tests.support.stream_programs import BASE, DATA, LISTS, Program, machine

SMALL = Geometry(activation_words=1024, weight_entries=512)

REFUSED = {
    "fill of no words": ("fill", {"count1": 0}, Status.SIZE),
    "store with a tail of 0": ("store", {"tail": 0, "address": BASE + DATA}, Status.SIZE),
    "store with a tail of 9": ("store", {"tail": 9, "address": BASE + DATA}, Status.SIZE),
    "load below main RAM": ("load", {"address": BASE - 8}, Status.ADDRESS),
    "load that ends behind it": (
        "load",
        {"address": BASE + (1 << 18) - 16, "count0": 3},
        Status.ADDRESS,
    ),
    "load from between words": ("load", {"address": BASE + DATA + 4}, Status.ADDRESS),
    "load into a third memory": ("load", {"address": BASE + DATA, "space": 2}, Status.UNKNOWN),
    "load behind the activations": (
        "load",
        {"address": BASE + DATA, "local": SMALL.activation_words},
        Status.LOCAL,
    ),
    "stamp outside main RAM": ("stamp", {"address": 0}, Status.ADDRESS),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_move_is_named_and_changes_nothing(name: str) -> None:
    mnemonic, fields, status = REFUSED[name]
    program = Program()
    program.move("fill", value=7, count0=8, local0=1)
    program.move(mnemonic, **fields)
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    before = unit.ram.data.copy()
    assert unit.run() is status
    assert (unit.engine, unit.command) == (Engine.MEMORY, 1)
    assert unit.status_word == status | 1 << 5
    assert (unit.ram.data == before).all()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"rows": 0}, Status.SIZE),
        ({"taps2": 0}, Status.SIZE),
        ({"input": 8 * SMALL.activation_words}, Status.LOCAL),
        ({"rows": 2, "output": 1000, "output_row": 100}, Status.LOCAL),
        ({"weights": SMALL.weight_entries - 2}, Status.LOCAL),
    ],
)
def test_a_bad_calculation_is_named(fields: dict[str, int], status: Status) -> None:
    program = Program()
    program.calculate("dot", **fields)
    program.calculate("end")
    program.move("end")
    unit = machine(SMALL, program)
    assert unit.run() is status
    assert (unit.engine, unit.command) == (Engine.COMPUTE, 0)


def test_two_commands_that_wait_for_each_other_end_the_program() -> None:
    program = Program()
    program.move("fill", after=1)
    program.move("end")
    program.calculate("dot", after=1)
    program.calculate("end")
    unit = machine(SMALL, program)
    assert unit.run() is Status.STUCK
    assert (unit.engine, unit.command) == (Engine.MEMORY, 0)


def test_an_unknown_operation_is_named() -> None:
    program = Program()
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    unit.ram.data[LISTS[1]] = 15
    assert unit.run() is Status.UNKNOWN
    assert unit.engine is Engine.COMPUTE


def test_a_stopped_program_goes_no_further() -> None:
    program = Program()
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    unit.stop()
    assert unit.run() is Status.STOPPED
