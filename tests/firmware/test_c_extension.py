"""The C meaning of the instructions against the Python one."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import Geometry
from tests.support.c_extension import load_emulator
from tests.support.random_program import random_program

FIXED = (
    Geometry(param_groups=16),
    Geometry(store_entries=2, param_groups=2, patch_words=2, rows=2, results=2),
    Geometry(store_entries=8, rows=32, patch_words=4),
)


def size(least: int, most: int) -> st.SearchStrategy[int]:
    """2**least .. 2**most."""
    return st.integers(least, most).map(lambda exponent: 1 << exponent)


geometries = st.builds(
    Geometry,
    store_entries=size(1, 11),
    param_groups=size(1, 6),
    patch_words=size(1, 8),
    rows=size(1, 6),
    results=size(1, 6),
)


@example(Geometry(), 0)
@example(FIXED[0], 1)
@example(FIXED[1], 2)
@example(FIXED[2], 3)
@given(geometries, st.integers(0, 2**32))
@settings(max_examples=8)
def test_c_and_python_agree_on_random_programs_of_any_geometry(geometry, seed):
    execute = load_emulator(INSTRUCTION_SET, geometry)
    length = 4000 + len(INSTRUCTION_SET.fill(geometry))
    program, answers = random_program(INSTRUCTION_SET, geometry, seed, length)
    assert [execute(item.function_id, a, b) for item, a, b in program] == answers


def test_an_encoding_that_is_not_in_the_set_answers_zero_and_changes_nothing():
    execute = load_emulator(INSTRUCTION_SET, Geometry())
    program, answers = random_program(INSTRUCTION_SET, Geometry(), 1, 5000)
    foreign = [code for code in range(1 << 10) if code not in INSTRUCTION_SET.by_function_id]
    got = []
    for place, (item, a, b) in enumerate(program):
        assert execute(foreign[place % len(foreign)], a, b) == 0
        got.append(execute(item.function_id, a, b))
    assert got == answers
