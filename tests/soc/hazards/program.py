"""Instructions in contexts -> one bare-metal program in assembly, and what it must write.

`frame.S` holds what all programs share; the registers are listed in `contexts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler_intrinsics.header import assembly as encode
from compiler_intrinsics.instruction_set import OPCODE_CUSTOM_0, Instruction
from tests.soc.hazards import meaning
from tests.soc.hazards.contexts import DATA, Context
from tests.soc.hazards.meaning import PROLOGUES, Step

UNTOUCHED = 0x5A5
"""What a0 holds when nothing answers."""

ROUNDS = ("quiet", *PROLOGUES)
"""Prologues of the rounds that every case goes through; the first finds cold caches."""


def encode_raw(funct3: int, funct7: int, rd: str, rs1: str, rs2: str) -> str:
    """Any encoding as assembly."""
    return f".insn r {OPCODE_CUSTOM_0:#x}, {funct3}, {funct7}, {rd}, {rs1}, {rs2}"


def straight(steps: list[Step]) -> Iterator[str]:
    """Steps one after the other; answers go to the log."""
    held: dict[str, int] = {}
    for item in steps:
        for register, value in (("t2", item.a), ("t3", item.b)):
            if held.get(register) != value:
                held[register] = value
                yield f"li {register}, {value:#x}"
        if item.instruction.returns:
            yield encode(item.instruction, "t4", "zero", "zero")
            yield "sw t4, 0(s0); addi s0, s0, 4"
        else:
            yield encode(item.instruction, "zero", "t2", "t3")


def routine(label: str, steps: list[Step]) -> str:
    """A function of the frame, called with `jal ra`."""
    return "\n".join([f".balign 4; {label}:", *straight(steps), "ret"])


def case(number: int, instruction: Instruction, context: Context) -> str:
    """One instruction in one context, through all rounds."""
    a, b = meaning.operands(instruction)
    code = context.code.format(
        I=encode(instruction, "a0", "a1", "a2"),
        X=encode(instruction, "zero", "a1", "a2"),
        D=encode(meaning.step("dot1").instruction, "a0", "a0", "zero"),
    )
    return f"""
        li tp, 0
    case_{number}:
        add t0, s9, tp; lw t0, 0(t0); jalr ra, t0
        li a1, {a:#x}; li a2, {b:#x}; li a0, {UNTOUCHED}
        {code}
        jal ra, finish
        addi tp, tp, 4
        bltu tp, s8, case_{number}"""


@dataclass(frozen=True)
class Record:
    """What one round of one case writes, and its name for people."""

    name: str
    words: tuple[int, ...]


def case_record(instruction: Instruction, context: Context, prologue: str) -> Record:
    expected = meaning.expectation(instruction, context.executed, prologue)
    answer = UNTOUCHED if expected.answer is None else context.answer(expected.answer)
    causes = 0
    for cause in context.traps:
        causes = causes << 4 | cause
    name = f"{instruction.mnemonic} {context.name} ({prologue})"
    return Record(name, (answer, DATA, causes, *expected.probe))


@dataclass(frozen=True)
class Program:
    """Body for `frame.S`, and the records that it must write."""

    body: str
    records: tuple[Record, ...]


def cases_program(contexts: tuple[Context, ...]) -> Program:
    """Every instruction in every context."""
    pairs = [(item, context) for context in contexts for item in meaning.INSTRUCTIONS]
    body = "\n".join(case(number, *pair) for number, pair in enumerate(pairs))
    records = tuple(case_record(*pair, prologue) for pair in pairs for prologue in ROUNDS)
    return Program(body, records)


def assembly(body: str, addresses: dict[str, int]) -> str:
    """The whole program; `addresses` become assembler constants."""
    rounds = ", ".join(f"prologue_{list(PROLOGUES).index(name)}" for name in ROUNDS)
    parts = [
        *(f".equ {name}, {value:#x}" for name, value in addresses.items()),
        f".equ DATA, {DATA:#x}; .equ ROUNDS, {len(ROUNDS)}",
        '#include "frame.S"',
        routine("initialise", meaning.initialisation()),
        routine("probe", meaning.probe()),
        *(routine(f"prologue_{i}", steps) for i, steps in enumerate(PROLOGUES.values())),
        f".balign 4; round_table: .word {rounds}",
        f".balign 4; body:\n{body}\nj end",
    ]
    return "\n".join(parts) + "\n"
