"""The hazard tests' own measure: every lost or repeated instruction shows in the probe."""

from __future__ import annotations

import pytest

from compiler_intrinsics.simd.state import State
from tests.soc.hazards import meaning
from tests.soc.hazards.contexts import TOPICS
from tests.soc.hazards.meaning import (
    INSTRUCTIONS,
    PROLOGUES,
    copy_of,
    execute,
    expectation,
    operands,
)

ALL = pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda one: one.mnemonic)


def start(prologue: str) -> State:
    return copy_of(meaning.prologue_state(prologue))


@ALL
@pytest.mark.parametrize("prologue", PROLOGUES)
def test_the_probe_shows_an_instruction_that_was_lost(instruction, prologue):
    assert (
        expectation(instruction, "X", prologue).probe
        != expectation(instruction, "", prologue).probe
    )


@ALL
@pytest.mark.parametrize("prologue", PROLOGUES)
def test_the_probe_shows_an_instruction_that_was_repeated(instruction, prologue):
    once, twice = start(prologue), start(prologue)
    instruction.execute(once, *operands(instruction))
    for _ in range(2):
        instruction.execute(twice, *operands(instruction))
    shown = [expectation(instruction, executed, prologue).probe for executed in ("X", "XX")]
    assert (shown[0] == shown[1]) == (once == twice)  # the set-up ones mean the same twice


@ALL
def test_every_case_starts_from_the_same_state(instruction):
    def visible(state: State) -> dict:
        return vars(state) | {"patch": state.patch[: state.patch_last + 1]}

    for executed in {context.executed for topic in TOPICS.values() for context in topic} - {""}:
        state = start("quiet")
        for letter in executed:
            name = "dot1" if letter == "D" else instruction.mnemonic
            meaning.step(name, *operands(instruction)).run(state)
        execute(meaning.probe(), state)
        execute(PROLOGUES["quiet"], state)
        assert visible(state) == visible(start("quiet")), executed
