"""Programs of the streaming unit, and the machine that runs them, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compiler_intrinsics.stream.commands import (
    COMPUTE_COMMANDS,
    MEMORY_COMMANDS,
    Window,
    main_ram,
)
from compiler_intrinsics.stream.geometry import GROUPS, Geometry
from compiler_intrinsics.stream.machine import Machine
from compiler_intrinsics.stream.move import MainRam

BASE = 0x4000_0000
RAM_BYTES = 1 << 18
"""Of which each window is the whole."""

LISTS = (0x1000, 0x8000)
"""Offsets of the lists of the memory and of the compute engine."""

DATA = 0x10000
"""Offset of a test's own data."""


def arena(offset: int) -> int:
    """Address of what may be written."""
    return main_ram(Window.ARENA, offset)


def image(offset: int) -> int:
    """Address of what may be read only."""
    return main_ram(Window.IMAGE, offset)


@dataclass
class Program:
    """Two lists in the making."""

    memory: list[bytes] = field(default_factory=list)
    compute: list[bytes] = field(default_factory=list)

    def move(self, mnemonic: str, **fields: int) -> None:
        """Another command of the memory engine; what is not given is 0, counts are 1."""
        known = MEMORY_COMMANDS.by_mnemonic[mnemonic].fields
        usual = {name: int(name.startswith("count")) for name in known}
        self.memory.append(MEMORY_COMMANDS.encode(mnemonic, **usual | fields))

    def calculate(self, mnemonic: str, **fields: int) -> None:
        """Another command of the compute engine; what is not given is 0, counts are 1."""
        known = COMPUTE_COMMANDS.by_mnemonic[mnemonic].fields
        ones = {"groups", "columns", "rows", "taps0", "taps1", "taps2"}
        usual = {name: int(name in ones) for name in known} | {"act_min": -128, "act_max": 127}
        usual = {name: value for name, value in usual.items() if name in known}
        self.compute.append(COMPUTE_COMMANDS.encode(mnemonic, **usual | fields))


def machine(geometry: Geometry, program: Program) -> Machine:
    """A machine that has been started on the program; both windows are all of main RAM."""
    data = np.zeros(RAM_BYTES, np.uint8)
    for place, commands in zip(LISTS, (program.memory, program.compute), strict=True):
        code = np.frombuffer(b"".join(commands), np.uint8)
        data[place : place + len(code)] = code
    made = Machine(geometry, MainRam(BASE, data))
    made.set_image(BASE, RAM_BYTES)
    made.set_arena(BASE, RAM_BYTES)
    made.start(image(LISTS[0]), arena(LISTS[1]))
    return made


def parameter_block(
    geometry: Geometry, bias: np.ndarray, multiplier: np.ndarray, shift: np.ndarray
) -> np.ndarray:
    """The entries before a group's weights: uint8[parameter_entries * entry_bytes]."""
    block = np.zeros(geometry.parameter_entries * geometry.entry_bytes, np.uint8)
    packed = b"".join(
        (
            bias.astype("<i4").tobytes(),
            multiplier.astype("<i4").tobytes(),
            shift.astype(np.int8).tobytes(),
        )
    )
    block[: len(packed)] = np.frombuffer(packed, np.uint8)
    return block


def random_parameters(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bias, multiplier and shift of a group, as layers have them."""
    return (
        rng.integers(-(1 << 14), 1 << 14, GROUPS),
        rng.integers(1 << 30, 1 << 31, GROUPS),
        rng.integers(-12, -4, GROUPS),
    )
