"""Random instructions for the modules behind the queue."""

from __future__ import annotations

import random

from migen import Record

from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.simd.spec import INSTRUCTION_SET, Part
from tests.rtl_ext.drive import put
from tests.rtl_ext.simd.recorder import Recorder

MAC = tuple(
    item for item in INSTRUCTION_SET.instructions if item.funct3 in (Part.DOT, Part.REP, Part.DW)
)
SETUP = tuple(item for item in INSTRUCTION_SET.instructions if item.funct3 == Part.SETUP)


def random_commands(rng: random.Random, count: int, kinds: tuple, geometry: Geometry):
    """(instruction, a, b) in the order of a program, and the state that has executed them."""
    state = Recorder(geometry)
    commands = []
    for _ in range(count):
        item = rng.choice(kinds)
        a, b = item.draw(rng, state)
        if item.mnemonic == "rep":
            a = rng.randrange(4)
        item.execute(state, a, b)
        state.results.clear()
        commands.append((item, a & 0xFFFFFFFF, b & 0xFFFFFFFF))
    return commands, state


def put_command(command: Record, item, a: int, b: int):
    """Show an instruction to a module, as the queue does."""
    yield from put(command, part=item.funct3, funct7=item.funct7, a=a, b=b)
