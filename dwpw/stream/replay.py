"""Programs as the cycle model sees them, from nothing but their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from compiler_intrinsics.command_set import CommandSet
from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, MEMORY_COMMANDS
from compiler_intrinsics.stream.geometry import Geometry
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_stream import StreamProgramParam as Param
from dwpw.kernels.work import Resource, Work
from dwpw.stream.model import Rates, compute_cycles, move_cycles

ARRAY, MEMORY, PROGRAM = "stream_array", "stream_memory", "stream_program"
"""With the unit's name, since `simd` has an array too; so are its engines and counters called."""

RESOURCES = (
    Resource(ARRAY, "a step of the lanes, or what a command takes besides"),
    Resource(MEMORY, "a command of the memory engine, as the cycle model has it"),
    Resource(PROGRAM, "the step as the cycle model has it: engines that wait for each other"),
)
"""What a program of the streaming unit keeps busy."""

COUNTERS = (
    Resource("array", "the compute engine of `stream` has a command"),
    Resource("memory", "a word of 8 bytes goes between `stream` and main RAM"),
)
"""What is counted of it."""

ENGINES = ("array", "memory")
"""What carries out its two lists."""

END = "end"


@dataclass(frozen=True)
class Replay:
    """What a program takes.

    array, memory: cycles of the commands of each engine.
    total: until both lists are over.
    """

    array: float
    memory: float
    total: float


def commands_of(
    commands: CommandSet, program: np.ndarray, start: int
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Mnemonic and fields of a list's commands, up to its end."""
    while True:
        opcode, fields = commands.decode(program[start : start + commands.bytes].tobytes())
        mnemonic = commands.by_opcode[opcode].mnemonic
        if mnemonic == END:
            return
        yield mnemonic, fields
        start += commands.bytes


def replay(
    geometry: Geometry, program: np.ndarray, memory_list: int, compute_list: int, rates: Rates
) -> Replay:
    """Simulate both engines; program: uint8."""
    moves = [
        (fields["after"], move_cycles(rates, mnemonic, fields))
        for mnemonic, fields in commands_of(MEMORY_COMMANDS, program, memory_list)
    ]
    computes = [
        (fields["after"], compute_cycles(rates, geometry, fields))
        for _, fields in commands_of(COMPUTE_COMMANDS, program, compute_list)
    ]
    lists, ends = (moves, computes), ([0.0], [0.0])  # ends[e][n]: n commands are over
    while any(len(ends[engine]) <= len(lists[engine]) for engine in range(2)):
        for engine in range(2):
            own, others = ends[engine], ends[1 - engine]
            while len(own) <= len(lists[engine]):
                after, cycles = lists[engine][len(own) - 1]
                if after >= len(others):
                    break
                own.append(max(own[-1], others[after]) + cycles)
    return Replay(
        array=sum(cycles for _, cycles in computes),
        memory=sum(cycles for _, cycles in moves),
        total=max(ends[0][-1], ends[1][-1]),
    )


def work(geometry: Geometry, *step: LoweredOperator | PackedConstants) -> Work:
    """The work of a step, from its operators and then the constants of each."""
    first = step[len(step) // 2]
    lists = (first.param[one] for one in (Param.MEMORY_LIST, Param.COMPUTE_LIST))
    rates = Rates()
    found = replay(geometry, first.weights, *lists, rates)
    total = rates.start + found.total
    cycles = {ARRAY: found.array, MEMORY: found.memory, PROGRAM: total}
    return Work.needs(**{name: round(count) for name, count in cycles.items()})
