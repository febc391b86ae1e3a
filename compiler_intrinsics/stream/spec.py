"""The instructions of the streaming unit: they only set the scene, a program does the work.

All are answered at once. The CPU starts a program and reads the status until it is over; both
caches and who may touch what meanwhile are described in docs/stream.md.
"""

from __future__ import annotations

from collections.abc import Callable

from ..instruction_set import Effect, Instruction, InstructionSet, Operand
from .geometry import Geometry
from .machine import Machine

PART = 5
"""funct3, one that `simd` does not have: targets have both."""

BASE = Operand(name="base")
SIZE = Operand(name="size")
MEMORY_LIST = Operand(name="memory_list")
COMPUTE_LIST = Operand(name="compute_list")


def _instruction(
    name: str, funct7: int, meaning: Callable[..., int | None], document: str, **more
) -> Instruction:
    return Instruction(
        mnemonic=f"stream_{name}",
        funct3=PART,
        funct7=funct7,
        meaning=meaning,
        effect=Effect.MEMORY,
        document=document,
        **more,
    )


_INSTRUCTIONS = (
    _instruction(
        *("image", 0, Machine.set_image),
        operands=(BASE, SIZE),
        document="Programs may read `size` bytes of main RAM from `base` on as their window image; "
        "both are multiples of 8. Ignored while a program runs.",
    ),
    _instruction(
        *("arena", 1, Machine.set_arena),
        operands=(BASE, SIZE),
        document="The same for the window arena, which they may write as well.",
    ),
    _instruction(
        *("start", 2, Machine.start),
        operands=(MEMORY_LIST, COMPUTE_LIST),
        document="Start a program: where its two lists lie, addresses as in commands. Ignored "
        "while a program runs.",
    ),
    _instruction(
        *("status", 3, Machine.read_status),
        returns=True,
        document="rd = the status word: of the program that runs, or how the last one ended.",
    ),
    _instruction(
        *("stop", 4, Machine.stop),
        document="End the program between two commands, with status STOPPED.",
    ),
)


INSTRUCTION_SET = InstructionSet(
    name="stream",
    instructions=_INSTRUCTIONS,
    geometry=Geometry,
    machine=Machine,
    constants=lambda _: {},
)
