"""Commands that cannot be carried out, and programs that cannot go on."""

from __future__ import annotations

import pytest

from compiler_intrinsics.stream.commands import Engine, Status
from compiler_intrinsics.stream.geometry import Geometry
from tests.support.stream_programs import DATA, LISTS, RAM_BYTES, Program, arena, image, machine

SMALL = Geometry(activation_words=1024, weight_entries=512)

REFUSED = {
    "fill of no words": ("fill", {"count1": 0}, Status.SIZE),
    "store with a tail of 0": ("store", {"tail": 0, "address": arena(DATA)}, Status.SIZE),
    "store with a tail of 9": ("store", {"tail": 9, "address": arena(DATA)}, Status.SIZE),
    "load behind its window": ("load", {"address": image(RAM_BYTES)}, Status.ADDRESS),
    "load that ends behind it": (
        "load",
        {"address": arena(RAM_BYTES - 16), "count0": 3},
        Status.ADDRESS,
    ),
    "store into the image": ("store", {"tail": 8, "address": image(DATA)}, Status.ADDRESS),
    "stamp into the image": ("stamp", {"address": image(DATA)}, Status.ADDRESS),
    "load from between words": ("load", {"address": arena(DATA) + 4}, Status.ADDRESS),
    "load into a third memory": ("load", {"address": arena(DATA), "space": 2}, Status.UNKNOWN),
    "load behind the activations": (
        "load",
        {"address": arena(DATA), "local": SMALL.activation_words},
        Status.LOCAL,
    ),
    "stamp behind its window": ("stamp", {"address": arena(RAM_BYTES)}, Status.ADDRESS),
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
    assert unit.status_word == Status.STOPPED


def test_steps_stay_in_the_window_that_an_address_names() -> None:
    """A row beyond 2**31 begins again at the window's first byte; the other is never meant."""
    program = Program()
    program.move("load", address=image(8), count1=2, step1=(1 << 31) - 8, local1=1)
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    unit.ram.data[:16] = range(16)
    assert unit.run() is Status.DONE
    assert unit.activations[:16].tolist() == [*range(8, 16), *range(8)]


def test_a_running_program_keeps_its_windows_and_its_lists() -> None:
    program = Program()
    program.move("load", address=image(DATA))
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    unit.set_image(0, 0)
    unit.start(0, 0)
    assert unit.read_status() == Status.DONE
    unit.set_image(0, 0)
    unit.start(image(LISTS[0]), arena(LISTS[1]))
    assert unit.read_status() == Status.ADDRESS


def test_a_window_that_main_ram_does_not_have_reaches_nothing() -> None:
    program = Program()
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    unit.run()
    unit.set_arena(0, 0xFFFFFFF8)
    unit.start(image(LISTS[0]), arena(LISTS[1]))
    assert unit.read_status() == Status.ADDRESS | 1 << 4
