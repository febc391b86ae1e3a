"""Random instruction streams that keep to the one rule of programs: results are read in time."""

from __future__ import annotations

import random
from typing import Any

from compiler_intrinsics.instruction_set import Instruction, InstructionSet

Program = list[tuple[Instruction, int, int]]

LOOP_WEIGHT = 8
"""How much likelier an instruction of loops is than one that sets them up."""


def setup_program(instructions: InstructionSet, rng: random.Random, machine: Any) -> Program:
    """Fills the whole state, so that nothing depends on what memory holds after power-up."""
    program = []
    for mnemonic, *given in instructions.fill(machine.geometry):
        instruction = instructions.by_mnemonic[mnemonic]
        drawn = instruction.draw(rng, machine)
        a, b = (new if old is None else old for old, new in zip(given, drawn, strict=True))
        program.append((instruction, a, b))
    return program


def random_program(
    instructions: InstructionSet, geometry: Any, seed: int, length: int
) -> tuple[Program, list[int]]:
    """A program and the answers that it must get; what would reach memory is not in it."""
    rng = random.Random(seed)
    machine = instructions.machine(geometry)
    readers = [item for item in instructions.harmless if item.returns]
    program: Program = []
    answers: list[int] = []

    def append(instruction: Instruction, a: int, b: int) -> None:
        program.append((instruction, a, b))
        answers.append(instruction.execute(machine, a, b))

    def read() -> None:
        reader = rng.choice(readers)
        append(reader, *reader.draw(rng, machine))

    for item in setup_program(instructions, rng, machine):
        append(*item)
    weights = [1 if item.setup else LOOP_WEIGHT for item in instructions.harmless]
    while len(program) < length:
        if machine.full:
            for _ in range(rng.choice((1, 2, 8))):
                read()
        while machine.full:  # some that read a result also make one
            read()
        (instruction,) = rng.choices(instructions.harmless, weights)
        append(instruction, *instruction.draw(rng, machine))
    while machine.results:
        read()
    return program, answers
