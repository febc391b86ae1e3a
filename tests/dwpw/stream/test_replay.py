"""The cycle model finds in a program's bytes what the planner has put into them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.stream.model import Rates, move_cycles
from dwpw.stream.program import make_program
from dwpw.stream.replay import ARRAY, MEMORY, PROGRAM, replay, work
from dwpw.stream.step import pack
from tests.support.stream_steps import lowered, random_blocks

ROUNDING = 1e-6
"""Cycles: the same numbers are added in another order."""


@pytest.mark.parametrize("seed", range(8))
def test_a_program_takes_what_the_planner_thought(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    operators = lowered(random_blocks(rng, tmp_path, 2))
    geometry = Geometry(activation_words=1024, weight_entries=128)
    program = make_program(geometry, operators)
    rates = Rates()
    found = replay(geometry, program.blob, program.memory_list, program.compute_list, rates)
    stamps = len(program.segments) * move_cycles(rates, "stamp", {})
    total = program.timing.total
    assert found.array == pytest.approx(sum(job.cycles for job in program.computes))
    assert found.memory == pytest.approx(sum(move.cycles for move in program.moves) + stamps)
    assert total - ROUNDING <= found.total <= total + stamps + ROUNDING


def test_the_work_of_a_step_is_bound_by_its_program(tmp_path: Path) -> None:
    operators = lowered(random_blocks(np.random.default_rng(1), tmp_path, 1))
    geometry = Geometry()
    needed = work(geometry, *operators, *pack(geometry, *operators))
    assert needed.binding == PROGRAM
    assert max(needed.of(ARRAY), needed.of(MEMORY)) <= needed.bound
    assert needed.bound <= Rates().start + needed.of(ARRAY) + needed.of(MEMORY)
