"""The extension's Verilog in Verilator, fed with instructions at full speed or with pauses."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compiler_intrinsics.simd.geometry import DEFAULT, Geometry
from rtl_ext.simd.unit import SimdUnit
from rtl_ext.top import Extension
from rtl_ext.verilog import MODULE, extension_verilog
from soc.plain_path import plain
from soc.toolchain import (
    verilator_environment,
    verilator_make_variables,
    verilator_program,
)
from tests.support.random_program import Program

RESET = 0xFFFFFFFF
"""In place of a function id: a reset in rs1 cycles; it has no answer, what it cuts off has 0."""

MAIN = Path(__file__).parent / "extension_main.cpp"


@dataclass(frozen=True)
class VerilatedExtension:
    """A compiled simulation of the extension alone."""

    binary: Path

    def answers(self, program: Program, pause_percent: int, seed: int = 0) -> list[int]:
        """What the extension answers to each instruction."""
        return self.answers_to_words(encoded(program), pause_percent, seed)

    def answers_to_words(self, words, pause_percent: int, seed: int = 0) -> list[int]:
        """The same for (function id, rs1, rs2)."""
        done = subprocess.run(
            [self.binary, str(seed), str(pause_percent)],
            input=np.array(words, np.uint32).tobytes(),
            stdout=subprocess.PIPE,
            check=True,
        )
        return np.frombuffer(done.stdout, np.uint32).tolist()


def encoded(program: Program) -> list[tuple[int, int, int]]:
    """(function id, rs1, rs2) of each instruction."""
    return [(item.function_id, a & 0xFFFFFFFF, b & 0xFFFFFFFF) for item, a, b in program]


def verilate(folder: Path, geometry: Geometry = DEFAULT) -> VerilatedExtension:
    """Build the simulation in `folder`; about ten seconds."""
    source = folder / f"{MODULE}.v"
    source.write_text(extension_verilog(Extension([SimdUnit(geometry)])))
    command = [verilator_program(), "--cc", "--exe", "--build", "-O3", "-Wno-fatal"]
    command += ["-Wno-lint", "--x-initial", "unique", "--top-module", MODULE]
    for variable in ("OPT_FAST=-O1", *verilator_make_variables()):
        command += ["-MAKEFLAGS", variable]
    command += ["--Mdir", folder / "obj", "-o", folder / "extension", source, plain(MAIN)]
    environment = os.environ | verilator_environment()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return VerilatedExtension(folder / "extension")
