"""The extension against the meaning of its instructions, with random stalls on both sides."""

from __future__ import annotations

import random

import pytest
from migen.sim import run_simulation

from compiler_intrinsics.geometry import Geometry
from compiler_intrinsics.spec import BY_FUNCTION_ID, BY_MNEMONIC
from compiler_intrinsics.state import State
from rtl_ext.extension import Extension
from tests.support.random_program import random_program

SMALL = Geometry(store_entries=64, param_groups=4, patch_words=16)


def issue(extension, function_ids_and_operands, answers, stall, rng):
    """Drives the port like the CPU: one instruction in flight, holding it while not ready."""
    bus = extension.bus
    program = iter(function_ids_and_operands)
    current = next(program, None)
    idle = 0
    pending = 0
    while current is not None or pending:
        offer = current is not None and rng.random() >= stall
        take = rng.random() >= stall
        yield bus.cmd.valid.eq(offer)
        yield bus.rsp.ready.eq(take)
        if offer:
            yield bus.cmd.payload.function_id.eq(current[0])
            yield bus.cmd.payload.inputs_0.eq(current[1])
            yield bus.cmd.payload.inputs_1.eq(current[2])
        yield
        accepted = offer and (yield bus.cmd.ready)
        answered = take and (yield bus.rsp.valid)
        if answered:
            answers.append((yield bus.rsp.payload.outputs_0))
            pending -= 1
        if accepted:
            current = next(program, None)
            pending += 1
        idle = 0 if accepted or answered else idle + 1
        assert idle < 2000, "the port hangs"


def answers_of(extension, program, stall=0.0, seed=0):
    answers = []
    run_simulation(extension, issue(extension, program, answers, stall, random.Random(seed)))
    return answers


@pytest.mark.parametrize(("seed", "stall"), [(1, 0.0), (2, 0.5)])
def test_random_programs_answer_as_the_spec_says(seed, stall):
    program, expected = random_program(seed, 900, State(SMALL))
    encoded = [(item.function_id, a, b) for item, a, b in program]
    assert answers_of(Extension(SMALL), encoded, stall, seed) == expected
