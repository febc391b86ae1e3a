"""The compute engine of the streaming unit in Verilator, fed with commands and accesses."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from migen import Module, Signal

from compiler_intrinsics.command_set import WORD_BITS
from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, Space, Status
from compiler_intrinsics.stream.geometry import Geometry
from rtl_ext.stream.compute_engine import ComputeEngine
from rtl_ext.verilog import module_verilog
from tests.support.verilated_module import compiled_simulator

NAME = "dwpw_engine"
MAIN = Path(__file__).parent / "stream_engine.cpp"
RECORD_WORDS = 1 + COMPUTE_COMMANDS.words
WAIT, COMMAND, WRITE, READ, RESET, ABORT = range(6)


class Bench(Module):
    """The engine, with a command as it lies in memory: ports word0, word1, ..."""

    def __init__(self, geometry: Geometry):
        self.submodules.engine = engine = ComputeEngine(geometry)
        self.words = [Signal(WORD_BITS, name=f"word{n}") for n in range(COMPUTE_COMMANDS.words)]
        command = engine.command
        for name, place in COMPUTE_COMMANDS.places.items():
            part = self.words[place.word][place.low : place.low + place.field.bits]
            self.comb += getattr(command, name).eq(part)
        self.comb += command.opcode.eq(self.words[0][: COMPUTE_COMMANDS.opcode_bits])
        ends = (command.start, command.abort, command.busy, command.done, command.status)
        self.ports = [*ends, *self.words, *engine.local.flatten()]


@dataclass(frozen=True)
class Ended:
    """What became of a command: its status; cycles of its start and of its end."""

    status: Status
    start: int
    end: int

    @property
    def cycles(self) -> int:
        """From start to done."""
        return self.end - self.start


class Script:
    """What the engine gets: commands and accesses side by side, up to each `wait`, or to where they
    are cut short."""

    def __init__(self) -> None:
        self._records: list[list[int]] = []
        self._shape: list[tuple[int, int]] = []
        self._commands = self._reads = 0

    def command(self, encoded: bytes) -> None:
        """A command, as it lies in memory."""
        self._record(COMMAND, *np.frombuffer(encoded, "<u8").tolist())
        self._commands += 1

    def write(self, space: Space, address: int, word: int) -> None:
        """A word for a memory."""
        self._record(WRITE, space, address, word)

    def fill(self, space: Space, memory: np.ndarray) -> None:
        """All words of a memory: uint8."""
        for address, word in enumerate(memory.view("<u8").tolist()):
            self.write(space, address, word)

    def read(self, address: int) -> None:
        """A word of activations."""
        self._record(READ, Space.ACTIVATIONS, address)
        self._reads += 1

    def wait(self) -> None:
        """Let all end."""
        self._record(WAIT)
        self._shape.append((self._commands, self._reads))
        self._commands = self._reads = 0

    def reset(self, cycles: int) -> None:
        """Cut all short by a reset, so many cycles later."""
        self._record(RESET, cycles)
        self._commands = self._reads = 0

    def abort(self, cycles: int) -> None:
        """Cut all short by an abort; what it took is the answer of one more read."""
        self._record(ABORT, cycles)
        self._shape.append((0, 1))
        self._commands = self._reads = 0

    def _record(self, *words: int) -> None:
        self._records.append([*words, *[0] * (RECORD_WORDS - len(words))])

    @property
    def data(self) -> bytes:
        """For the driver."""
        return np.array(self._records, np.uint64).tobytes()

    def answers(self, data: bytes) -> tuple[list[Ended], np.ndarray]:
        """What the driver wrote: commands, and what reads answered, uint64[reads]."""
        rows = np.frombuffer(data, np.uint64).reshape(-1, 3)
        assert len(rows) == sum(map(sum, self._shape))
        ended, answers = [], [np.zeros(0, np.uint64)]
        for commands, reads in self._shape:
            ended += [Ended(Status(int(s)), int(a), int(b)) for s, a, b in rows[:commands]]
            answers.append(rows[commands : commands + reads, 0])
            rows = rows[commands + reads :]
        return ended, np.concatenate(answers)


@dataclass(frozen=True)
class VerilatedEngine:
    """A compiled simulation of the engine alone."""

    geometry: Geometry
    binary: Path

    def run(
        self, script: Script, seed: int = 0, command_pause: int = 0, access_pause: int = 0
    ) -> tuple[list[Ended], np.ndarray]:
        """What became of the commands, and the answers to reads."""
        done = subprocess.run(
            [self.binary, *map(str, (seed, command_pause, access_pause))],
            input=script.data,
            stdout=subprocess.PIPE,
            check=True,
        )
        return script.answers(done.stdout)


def verilate_engine(geometry: Geometry) -> VerilatedEngine:
    """The simulation, compiled once for all tests that want the same."""
    bench = Bench(geometry)
    verilog = module_verilog(bench, bench.ports, NAME)
    return VerilatedEngine(geometry, compiled_simulator(NAME, verilog, MAIN))
