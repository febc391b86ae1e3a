"""Whole programs of the streaming unit against the machine, in front of a slow memory."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from compiler_intrinsics.stream.commands import Status
from compiler_intrinsics.stream.geometry import Geometry
from compiler_intrinsics.stream.machine import Machine
from tests.support.stream_moves import moving_program, whole_program
from tests.support.stream_programs import (
    BASE,
    LISTS,
    RAM_BYTES,
    arena,
    image,
)
from tests.support.verilated_stream import (
    Memory,
    Outcome,
    Script,
    VerilatedStream,
    verilate_stream,
)

GEOMETRY = Geometry(taps=4, requantisers=4, activation_words=1024, weight_entries=512)
MEMORIES = (Memory(0, 1), Memory(30, 20), Memory(75, 8))


@pytest.fixture(scope="module")
def stream() -> VerilatedStream:
    return verilate_stream(GEOMETRY)


def start(script: Script) -> None:
    """Set both windows to all of main RAM, and start what `machine` has put there."""
    script.instruct("image", BASE, RAM_BYTES)
    script.instruct("arena", BASE, RAM_BYTES)
    script.instruct("start", image(LISTS[0]), arena(LISTS[1]))


def run(stream: VerilatedStream, unit: Machine, memory: Memory) -> Outcome:
    """The program of a machine that has not run yet."""
    script = Script()
    start(script)
    script.wait()
    return stream.run(script, unit.ram.data, memory)


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("seed", range(6))
def test_what_is_loaded_filled_and_stored_is_what_the_machine_says(stream, seed, memory):
    rng = Random(seed)
    unit = moving_program(rng, GEOMETRY, 25)
    outcome = run(stream, unit, Memory(memory.stall, memory.latency, seed))
    assert unit.run() is Status.DONE
    assert outcome.ended[0].word == unit.status_word
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("seed", range(6))
def test_both_engines_together_do_what_the_machine_does(stream, seed, memory):
    rng = Random(seed)
    unit = whole_program(rng, GEOMETRY, 12)
    outcome = run(stream, unit, Memory(memory.stall, memory.latency, seed))
    assert unit.run(rng.choice) is Status.DONE
    assert outcome.ended[0].word == unit.status_word
    written = outcome.ram != unit.ram.data
    assert not written.any()
