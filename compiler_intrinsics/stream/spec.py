"""The instructions of the streaming unit: they only set the scene, a program does the work.

All are answered at once. The CPU starts a program and reads the status until it is over; both
caches and who may touch what meanwhile are described in docs/stream.md.
"""

from __future__ import annotations

from collections.abc import Callable

from ..command_set import WORD_BYTES
from ..instruction_set import Effect, Instruction, InstructionSet, Operand
from .commands import (
    COMPUTE_COMMANDS,
    ENGINE_BIT,
    LOCAL_BITS,
    MEMORY_COMMANDS,
    WINDOW_BIT,
    Engine,
    Space,
    Status,
    Window,
)
from .geometry import MOST_LEFT, Geometry
from .machine import Machine
from .manual import manual

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
        document="End the program, with status STOPPED: commands that are under way end early. "
        "Ignored while none runs.",
    ),
)


def _constants(geometry: Geometry) -> dict[str, int]:
    """The sizes that the meaning in C depends on, and where numbers lie in words."""
    return {
        "DWPW_STREAM_GROUPS": geometry.groups,
        "DWPW_STREAM_TAPS": geometry.taps,
        "DWPW_STREAM_BANKS": geometry.banks,
        "DWPW_STREAM_ACTIVATION_WORDS": geometry.activation_words,
        "DWPW_STREAM_WEIGHT_ENTRIES": geometry.weight_entries,
        "DWPW_STREAM_ENTRY_BYTES": geometry.entry_bytes,
        "DWPW_STREAM_MOST_LEFT": MOST_LEFT,
        "DWPW_STREAM_PARAMETER_ENTRIES": geometry.parameter_entries,
        "DWPW_STREAM_WORD_BYTES": WORD_BYTES,
        "DWPW_STREAM_LOCAL_BITS": LOCAL_BITS,
        "DWPW_STREAM_WINDOW_BIT": WINDOW_BIT,
        "DWPW_STREAM_ENGINE_BIT": ENGINE_BIT,
    }


INSTRUCTION_SET = InstructionSet(
    name="stream",
    instructions=_INSTRUCTIONS,
    geometry=Geometry,
    machine=Machine,
    constants=_constants,
    manual=manual,
    commands=(MEMORY_COMMANDS, COMPUTE_COMMANDS),
    enums=(Status, Engine, Space, Window),
)
