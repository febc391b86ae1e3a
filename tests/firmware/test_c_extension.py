"""The C meaning of the instructions against the Python one."""

from __future__ import annotations

import pytest

from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import DEFAULT, Geometry
from tests.support.c_extension import load_emulator
from tests.support.random_program import random_program

GEOMETRIES = (
    DEFAULT,
    Geometry(param_groups=16),
    Geometry(store_entries=2, param_groups=2, patch_words=2, rows=2, results=2),
    Geometry(store_entries=8, rows=32, patch_words=4),
    Geometry(store_entries=1024, param_groups=64, patch_words=256, rows=4, results=64),
    Geometry(store_entries=16, param_groups=4, results=4, rows=8),
)


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_c_and_python_agree_on_random_programs(tmp_path, geometry):
    execute = load_emulator(INSTRUCTION_SET, geometry, tmp_path)
    for seed in range(3):
        program, answers = random_program(INSTRUCTION_SET, geometry, seed, 8000)
        got = [execute(item.function_id, a, b) for item, a, b in program]
        assert got == answers, seed


def test_an_encoding_that_is_not_in_the_set_answers_zero_and_changes_nothing(tmp_path):
    execute = load_emulator(INSTRUCTION_SET, DEFAULT, tmp_path)
    program, answers = random_program(INSTRUCTION_SET, DEFAULT, 1, 5000)
    foreign = [code for code in range(1 << 10) if code not in INSTRUCTION_SET.by_function_id]
    got = []
    for place, (item, a, b) in enumerate(program):
        assert execute(foreign[place % len(foreign)], a, b) == 0
        got.append(execute(item.function_id, a, b))
    assert got == answers
