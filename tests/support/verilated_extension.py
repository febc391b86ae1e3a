"""The extension's Verilog in Verilator, fed with instructions at full speed or with pauses."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.unit import SimdUnit
from rtl_ext.top import Extension
from rtl_ext.verilog import MODULE, extension_verilog
from tests.support.random_program import Program
from tests.support.verilated_module import compiled_simulator

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


def verilate(geometry: Geometry) -> VerilatedExtension:
    """The simulation, compiled once for all tests that want the same."""
    verilog = extension_verilog(Extension([SimdUnit(geometry)]))
    return VerilatedExtension(compiled_simulator(MODULE, verilog, MAIN))
