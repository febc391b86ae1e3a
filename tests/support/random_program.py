"""Random instruction streams that keep to the one rule of programs: results are read in time."""

from __future__ import annotations

import random

from compiler_intrinsics.simd.spec import BY_MNEMONIC, INSTRUCTIONS, Instruction
from compiler_intrinsics.simd.state import State

CORNER_WORDS = (0x80808080, 0x7F7F7F7F, 0x00000000, 0xFFFFFFFF, 0x807F807F, 0x01010101)

Program = list[tuple[Instruction, int, int]]


def random_word(rng: random.Random) -> int:
    return rng.choice(CORNER_WORDS) if rng.random() < 0.2 else rng.getrandbits(32)


def _operands(rng: random.Random, instruction: Instruction, state: State) -> tuple[int, int]:
    geometry = state.geometry
    match instruction.mnemonic:
        case "set_weights":
            first = rng.randrange(geometry.store_entries)
            length = rng.choice((1, 2, 3, 6, 12, 40))
            return first, (first + length - 1) % geometry.store_entries
        case "set_params":
            return rng.randrange(geometry.param_groups), rng.randrange(geometry.param_groups)
        case "set_output":
            low, high = sorted(rng.randrange(-128, 128) for _ in range(2))
            if rng.random() < 0.7:
                low, high = -128, 127
            return rng.getrandbits(32), (low & 0xFF) | (high & 0xFF) << 8
        case "ld_bias":
            small = rng.randrange(-(2**14), 2**14) & 0xFFFFFFFF
            return rng.choice((small, small, small, rng.getrandbits(32))), 0
        case "ld_scale":
            multiplier = rng.choice((0, 2**30, 2**31 - 1, *rng.choices(range(2**30, 2**31), k=9)))
            shift = rng.randrange(-31, 32) if rng.random() < 0.2 else rng.randrange(-10, -5)
            return multiplier, shift & 0xFFFFFFFF
        case "rep":
            return rng.choice((0, 1, 2, min(5, geometry.results))), 0
    return random_word(rng), random_word(rng)


def setup_program(rng: random.Random, state: State) -> Program:
    """Fills the whole state, so that nothing depends on what memory holds after power-up."""
    names = ["seek"]
    names += ["ld_weights"] * (2 * state.geometry.store_entries)
    names += ["ld_bias", "ld_scale"] * len(state.bias)
    names += ["set_output", "set_weights", "set_params"]
    names += ["dot1"] * state.geometry.patch_words
    names += ["set_weights"] + ["skip1"] * 2 * 40
    program = []
    for name in names:
        instruction = BY_MNEMONIC[name]
        a, b = _operands(rng, instruction, state)
        if name == "seek":
            a = b = 0
        if name == "set_weights":
            a, b = 0, 39
        program.append((instruction, a, b))
    return program


def random_program(seed: int, length: int, state: State) -> tuple[Program, list[int]]:
    """A program and the answers that `state` gives to it; at most `results` results unread."""
    rng = random.Random(seed)
    program, answers = [], []

    def append(instruction: Instruction, a: int, b: int) -> None:
        program.append((instruction, a, b))
        answers.append(instruction.execute(state, a, b))

    for item in setup_program(rng, state):
        append(*item)
    weights = [1 if item.funct3 == 0 else 8 for item in INSTRUCTIONS]
    while len(program) < length:
        (instruction,) = rng.choices(INSTRUCTIONS, weights)
        a, b = _operands(rng, instruction, state)
        due = a % 64 if instruction.mnemonic == "rep" else 1
        while len(state.results) + due > state.geometry.results:
            append(BY_MNEMONIC["pop"], 0, 0)
        append(instruction, a, b)
    while state.results:
        append(BY_MNEMONIC["pop"], 0, 0)
    return program, answers
