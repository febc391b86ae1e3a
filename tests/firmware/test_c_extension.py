"""The C meaning of the instructions against the Python one."""

import pytest

from compiler_intrinsics.simd.state import State
from tests.support.c_extension import load_emulator
from tests.support.random_program import random_program


@pytest.mark.parametrize("seed", range(5))
def test_c_and_python_agree_on_random_programs(tmp_path, seed):
    execute = load_emulator(tmp_path)
    program, answers = random_program(seed, 6000, State())
    got = [execute(item.function_id, a, b) for item, a, b in program]
    assert got == answers
