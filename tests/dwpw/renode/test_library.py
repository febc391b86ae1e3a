"""The units' library, through Renode's interface, against the Python meaning."""

from __future__ import annotations

import ctypes
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compiler_intrinsics.instruction_set import Effect, Instruction, InstructionSet
from compiler_intrinsics.simd.geometry import Geometry
from dwpw.errors import UserError
from dwpw.renode.library import build_library, reaches_memory, require_supported
from dwpw.target.registry import find_target
from dwpw.target.target import Target
from tests.dwpw.renode.stand_in import library_function
from tests.support.random_program import random_program
from tests.support.targets import TARGET

(SIMD,) = TARGET.units

TICK = 1


class Message(ctypes.Structure):
    """What crosses the border besides instructions."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (
        ("action", ctypes.c_int32),
        ("address", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


def loaded(target: Target) -> Callable[[int, int, int], int]:
    """`execute` of a library with a state of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return library_function(Path(shutil.copy(build_library(target), folder)))


@pytest.mark.parametrize(
    "target", ["simd-16", "simd-16,store_entries=8,rows=32,patch_words=4", "simd-16,results=2"]
)
def test_random_programs_get_the_answers_of_the_python_meaning(target: str) -> None:
    wanted = find_target(target)
    geometry: Geometry = wanted.units[0].geometry
    execute = loaded(wanted)
    for seed in range(3):
        program, answers = random_program(SIMD.instruction_set, geometry, seed, 8000)
        assert [execute(item.function_id, a, b) for item, a, b in program] == answers


def test_a_foreign_function_id_answers_zero_and_changes_nothing() -> None:
    execute = loaded(TARGET)
    program, answers = random_program(SIMD.instruction_set, SIMD.geometry, 1, 5000)
    known = SIMD.instruction_set.by_function_id
    foreign = [code for code in range(1 << 10) if code not in known]
    got = []
    for place, (item, a, b) in enumerate(program):
        assert execute(foreign[place % len(foreign)], a, b) == 0
        got.append(execute(item.function_id, a, b))
    assert got == answers


def test_every_name_that_renode_binds_is_there_and_a_tick_is_answered() -> None:
    library = ctypes.CDLL(str(build_library(TARGET)))
    heard = []
    handler = ctypes.CFUNCTYPE(None, ctypes.POINTER(Message))(
        lambda message: heard.append(message.contents.action)
    )
    library.initialize_native()
    library.initialize_context(None)
    library.handle_request(ctypes.byref(Message(TICK, 0, 100)))  # nobody listens yet
    library.renode_external_attach__ActionIntPtr__HandleSenderMessage(handler)
    library.handle_request(ctypes.byref(Message(TICK, 0, 100)))
    library.reset_peripheral()
    library.handle_request(ctypes.byref(Message(4, 0, 0)))
    assert heard == [TICK]


def test_the_library_exports_nothing_else() -> None:
    library = ctypes.CDLL(str(build_library(TARGET)))
    for hidden in ("simd_emulate", "dwpw_emulate", "simd_pop"):
        assert not hasattr(library, hidden)


def test_a_target_without_units_has_a_library_that_answers_zero() -> None:
    plain = Target("plain", ())
    assert loaded(plain)(0, 1, 2) == 0


def with_instructions(*instructions: Instruction) -> Target:
    """A target whose unit has these too."""
    old = SIMD.instruction_set
    fields = {name: getattr(old, name) for name in ("geometry", "machine", "constants", "flags")}
    new = InstructionSet(name="reader", instructions=instructions, **fields)
    return Target("reading", (replace(SIMD, instruction_set=new),))


def test_a_unit_that_reaches_memory_is_refused_by_name() -> None:
    first = SIMD.instruction_set.instructions[0]
    target = with_instructions(replace(first, effect=Effect.MEMORY))
    assert reaches_memory(target.units[0])
    assert not reaches_memory(SIMD)
    with pytest.raises(UserError) as refused:
        require_supported(target)
    assert str(refused.value) == (
        "target reading: instructions of unit reader reach memory themselves, which Renode's"
        " interface for custom functions does not offer: take a target without it, or dwpw compare"
    )


def test_a_unit_without_a_meaning_in_c_is_refused_by_name() -> None:
    target = Target("bare", (replace(SIMD, c_meaning=None),))
    with pytest.raises(UserError, match="unit simd names no C file with the meaning of its instr"):
        build_library(target)
