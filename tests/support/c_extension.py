"""The meaning of a unit's instructions in C, called from Python."""

from __future__ import annotations

import ctypes
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compiler_intrinsics.header import generate_emulator, generate_host
from compiler_intrinsics.instruction_set import InstructionSet
from dwpw.paths import BUILD_ROOT
from soc.cache import cached, hash_files
from soc.toolchain import find_program, program_version, run

HOST = Path(__file__).parents[2] / "firmware" / "host"
FLAGS = (
    *("-std=c11", "-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"),
    *("-fsanitize=undefined", "-fno-sanitize-recover=all"),
)


def load_emulator(instructions: InstructionSet, geometry: Any) -> Callable[[int, int, int], int]:
    """The C twin `firmware/host/UNIT.c`, with a state of its own: `execute(function_id, a, b)`."""
    function = load_library(instructions, geometry).dwpw_emulate
    function.argtypes = [ctypes.c_uint32] * 3
    function.restype = ctypes.c_uint32
    return function


def load_library(instructions: InstructionSet, geometry: Any) -> ctypes.CDLL:
    """The twin, which may be a folder, with this computer's main RAM and a state of its own."""
    with tempfile.TemporaryDirectory() as folder:
        # A library is loaded once, and its state is in it: who wants another loads a copy.
        return ctypes.CDLL(shutil.copy(_library(instructions, geometry), folder))


def _library(instructions: InstructionSet, geometry: Any) -> Path:
    """The shared library, compiled once for all tests that want the same."""
    folder = HOST / instructions.name
    twin = sorted(folder.glob("*.c")) if folder.is_dir() else [folder.with_suffix(".c")]
    twin.append(HOST / "main_ram.c")
    header, emulator = generate_host(instructions, geometry), generate_emulator(instructions)
    key = {
        "sources": hash_files([*twin, *HOST.rglob("*.h")], HOST),
        "generated": [header, emulator],
        "flags": FLAGS,
        "compiler": program_version("gcc"),
    }

    def build(folder: Path) -> None:
        (folder / "dwpw_intrinsics.h").write_text(header)
        (folder / "emulator.c").write_text(emulator)
        sources = [*map(str, twin), str(folder / "emulator.c")]
        output = str(folder / "extension.so")
        run([find_program("gcc"), *FLAGS, f"-I{folder}", "-o", output, *sources])

    return cached(BUILD_ROOT, "emulator", key, build) / "extension.so"
