"""The streaming unit in Verilator, in front of a main RAM of random latency."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from migen import Case, If, Module, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry as SimdGeometry
from compiler_intrinsics.stream.commands import ENGINE_BIT, Engine, Status
from compiler_intrinsics.stream.geometry import Geometry
from compiler_intrinsics.stream.spec import INSTRUCTION_SET
from rtl_ext.simd.unit import SimdUnit
from rtl_ext.stream.unit import StreamUnit
from rtl_ext.top import share
from rtl_ext.unit_port import UNIT_PORT
from rtl_ext.verilog import module_verilog
from tests.support.verilated_module import compiled_simulator

NAME = "dwpw_stream"
WORD_MASK = 0xFFFFFFFF
MAIN = Path(__file__).parent / "stream_unit.cpp"
INSTRUCTION, WAIT, PASS, RESET, OTHER = range(5)

LONGEST_FLUSH = 40
"""Cycles, as the driver has it."""


@dataclass(frozen=True)
class Memory:
    """How main RAM behaves.

    stall    percent of the cycles in which it takes nothing
    latency  cycles from a read to its answer, at most
    seed     of the randomness
    """

    stall: int = 0
    latency: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Ended:
    """How a program ended: its status word, and the cycles that the CPU waited for it."""

    word: int
    cycles: int

    @property
    def status(self) -> Status:
        """The status alone."""
        return Status(self.word & ((1 << ENGINE_BIT) - 1))

    @property
    def blamed(self) -> tuple[Engine, int]:
        """The command that the status speaks of."""
        return Engine(self.word >> ENGINE_BIT & 1), self.word >> (ENGINE_BIT + 1)


@dataclass(frozen=True)
class Outcome:
    """What is left: how the programs ended, traffic in words, what other units answered, and main
    RAM: uint8."""

    ended: list[Ended]
    words_read: int
    words_written: int
    answers: list[int]
    ram: np.ndarray


@dataclass
class Script:
    """What the CPU does."""

    steps: list[tuple[int, int, int, int]] = field(default_factory=list)
    waits: int = 0
    others: int = 0

    def instruct(self, name: str, a: int = 0, b: int = 0) -> None:
        """An instruction, without its `stream_`."""
        self._add(INSTRUCTION, f"stream_{name}", a, b)

    def instruct_other(self, function_id: int, a: int, b: int) -> None:
        """An instruction of another unit, which is answered when it can be."""
        self.steps.append((OTHER, function_id, a & WORD_MASK, b & WORD_MASK))
        self.others += 1

    def wait(self) -> None:
        """Read the status until the program is over."""
        self._add(WAIT, "stream_status", 0, 0)
        self.waits += 1

    def let_pass(self, cycles: int) -> None:
        """Do nothing for so long."""
        self.steps.append((PASS, 0, cycles, 0))

    def reset(self) -> None:
        """Reset the unit, whatever it is at."""
        self.steps.append((RESET, 0, 0, 0))

    def _add(self, kind: int, mnemonic: str, a: int, b: int) -> None:
        function_id = INSTRUCTION_SET.by_mnemonic[mnemonic].function_id
        self.steps.append((kind, function_id, a, b))


@dataclass(frozen=True)
class VerilatedStream:
    """A compiled simulation of the unit alone."""

    geometry: Geometry
    binary: Path

    def run(self, script: Script, ram: np.ndarray, memory: Memory = Memory()) -> Outcome:
        """What becomes of a main RAM (uint8, a power of two long) and of the programs in it."""
        steps = np.array(script.steps, np.uint32).tobytes()
        done = subprocess.run(
            [self.binary, *map(str, (memory.seed, memory.stall, memory.latency))],
            input=len(script.steps).to_bytes(4, "little") + steps + ram.tobytes(),
            stdout=subprocess.PIPE,
            check=True,
        )
        numbers = 2 * script.waits + 2 + script.others
        head = np.frombuffer(done.stdout[: 4 * numbers], np.uint32).tolist()
        ended = [Ended(*head[at : at + 2]) for at in range(0, 2 * script.waits, 2)]
        traffic, answers = head[2 * script.waits :][:2], head[2 * script.waits + 2 :]
        left = np.frombuffer(done.stdout[4 * numbers :], np.uint8)
        return Outcome(ended, *traffic, answers, left)


class Bench(Module):
    """The unit, and others that may use its lanes, all at one port without a register.

    Ports:
        port    UNIT_PORT    slave
        memory  UNIT_MEMORY  master
    """

    def __init__(self, stream: StreamUnit, *others: SimdUnit):
        self.port, self.memory = Record(UNIT_PORT, name="bench"), stream.memory

        # # #

        units = (stream, *others)
        share(units)
        for unit in units:
            mine = Signal()
            self.submodules += unit
            self.comb += [
                Case(self.port.function_id, dict.fromkeys(unit.function_ids, mine.eq(1))),
                unit.port.valid.eq(self.port.valid & mine),
                unit.port.function_id.eq(self.port.function_id),
                unit.port.a.eq(self.port.a),
                unit.port.b.eq(self.port.b),
                If(
                    mine,
                    self.port.ready.eq(unit.port.ready),
                    self.port.answer.eq(unit.port.answer),
                ),
            ]


def verilate_beside_simd(simd: SimdGeometry, geometry: Geometry) -> VerilatedStream:
    """Both units with shared lanes, compiled once for all tests that want the same."""
    return _verilate(geometry, Bench(StreamUnit(geometry), SimdUnit(simd)))


def verilate_stream(geometry: Geometry) -> VerilatedStream:
    """The simulation, compiled once for all tests that want the same."""
    return _verilate(geometry, Bench(StreamUnit(geometry)))


def _verilate(geometry: Geometry, bench: Bench) -> VerilatedStream:
    verilog = module_verilog(bench, [*bench.port.flatten(), *bench.memory.flatten()], NAME)
    return VerilatedStream(geometry, compiled_simulator(NAME, verilog, MAIN))
