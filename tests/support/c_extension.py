"""The meaning of a unit's instructions in C, called from Python."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compiler_intrinsics.header import generate_emulator, generate_host
from compiler_intrinsics.instruction_set import InstructionSet

HOST = Path(__file__).parents[2] / "firmware" / "host"
FLAGS = (
    *("-std=c11", "-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"),
    *("-fsanitize=undefined", "-fno-sanitize-recover=all"),
)


def load_emulator(
    instructions: InstructionSet, geometry: Any, directory: Path
) -> Callable[[int, int, int], int]:
    """Compiles the C twin `firmware/host/UNIT.c`; returns `execute(function_id, a, b) -> int`."""
    (directory / "dwpw_intrinsics.h").write_text(generate_host(instructions, geometry))
    emulator = directory / "emulator.c"
    emulator.write_text(generate_emulator(instructions))
    library = directory / "extension.so"
    sources = [HOST / f"{instructions.name}.c", emulator]
    subprocess.run(["gcc", *FLAGS, f"-I{directory}", "-o", library, *sources], check=True)
    function = ctypes.CDLL(library).dwpw_emulate
    function.argtypes = [ctypes.c_uint32] * 3
    function.restype = ctypes.c_uint32
    return function
