"""How a test starts a program on the verilated streaming unit."""

from __future__ import annotations

from compiler_intrinsics.stream.machine import Machine
from tests.support.stream_programs import BASE, LISTS, RAM_BYTES, arena, image
from tests.support.verilated_stream import Memory, Outcome, Script, VerilatedStream

MEMORIES = (Memory(0, 1), Memory(30, 20), Memory(75, 8))
"""Ideal; slow; one that takes little."""


def start(script: Script) -> None:
    """Set both windows to all of main RAM, and start what `machine` has put there."""
    script.instruct("image", BASE, RAM_BYTES)
    script.instruct("arena", BASE, RAM_BYTES)
    script.instruct("start", image(LISTS[0]), arena(LISTS[1]))


def run(stream: VerilatedStream, unit: Machine, memory: Memory = MEMORIES[1]) -> Outcome:
    """The program of a machine that has not run yet."""
    script = Script()
    start(script)
    script.wait()
    return stream.run(script, unit.ram.data, memory)
