"""Whole programs of the streaming unit against the machine, in front of a slow memory."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from compiler_intrinsics.stream.commands import Status
from compiler_intrinsics.stream.geometry import TAPS, Geometry
from tests.support.stream_bench import MEMORIES, run, start
from tests.support.stream_moves import DATA, STORED, moving_program, whole_program
from tests.support.stream_programs import LISTS, Program, arena, image, machine
from tests.support.verilated_stream import Script, verilate_stream

FULL = [pytest.param(seed, marks=pytest.mark.full) for seed in range(3, 30)]


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("seed", [*range(3), *FULL])
def test_what_is_loaded_filled_and_stored_is_what_the_machine_says(stream, seed, memory):
    unit = moving_program(Random(seed), stream.geometry, 25)
    outcome = run(stream, unit, replace(memory, seed=seed))
    assert unit.run() is Status.DONE
    assert outcome.ended[0].word == unit.status_word
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("seed", [*range(3), *FULL])
def test_both_engines_together_do_what_the_machine_does(stream, seed, memory):
    rng = Random(seed)
    unit = whole_program(rng, stream.geometry, 12)
    outcome = run(stream, unit, replace(memory, seed=seed))
    assert unit.run(rng.choice) is Status.DONE
    assert outcome.ended[0].word == unit.status_word
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


@pytest.mark.full
@pytest.mark.parametrize("taps", TAPS)
def test_programs_mean_the_same_with_any_number_of_lanes(taps):
    geometry = Geometry(taps=taps, requantisers=2, activation_words=2048, weight_entries=1024)
    rng = Random(taps)
    unit = whole_program(rng, geometry, 30)
    outcome = run(verilate_stream(geometry), unit, MEMORIES[1])
    assert unit.run(rng.choice) is Status.DONE
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


@pytest.mark.parametrize("pause", [*range(1, 60, 7), 100, 300, 900, 2000, 4000])
def test_a_program_runs_after_a_reset_in_the_middle_of_it(stream, pause):
    rng = Random(pause)
    unit = whole_program(rng, stream.geometry, 6)
    script = Script()
    start(script)
    script.let_pass(pause)
    script.reset()
    script.wait()
    start(script)
    script.wait()
    outcome = stream.run(script, unit.ram.data, MEMORIES[1])
    assert unit.run() is Status.DONE
    assert [ended.word for ended in outcome.ended] == [Status.IDLE, Status.DONE]
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


@pytest.mark.parametrize("pause", [*range(1, 60, 7), 100, 300, 900, 2000, 4000])
def test_a_program_runs_after_another_was_stopped(stream, pause):
    rng = Random(pause)
    unit = whole_program(rng, stream.geometry, 6)
    script = Script()
    start(script)
    script.let_pass(pause)
    script.instruct("stop")
    script.wait()
    start(script)
    script.wait()
    outcome = stream.run(script, unit.ram.data, MEMORIES[1])
    assert unit.run() is Status.DONE
    assert [ended.status for ended in outcome.ended] == [Status.STOPPED, Status.DONE]
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


def test_a_running_program_keeps_its_windows_and_its_lists(stream):
    unit = whole_program(Random(0), stream.geometry, 4)
    script = Script()
    start(script)
    for name in ("image", "arena", "start"):
        script.instruct(name, 0, 0)
    script.wait()
    script.instruct("stop")  # nothing runs
    script.wait()
    outcome = stream.run(script, unit.ram.data, MEMORIES[1])
    assert unit.run() is Status.DONE
    assert [ended.word for ended in outcome.ended] == [Status.DONE, Status.DONE]
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


def test_what_a_program_leaves_inside_is_there_for_the_next(stream):
    first, second = Program(), Program()
    first.move("load", address=image(DATA), count0=64, local0=1)
    first.move("end")
    first.calculate("end")
    second.move("store", address=arena(STORED), count0=64, local0=1, tail=8)
    second.move("end")
    unit = machine(stream.geometry, first)
    unit.ram.data[DATA : DATA + 512] = np.frombuffer(Random(1).randbytes(512), np.uint8)
    behind = LISTS[0] + 0x400
    code = np.frombuffer(b"".join(second.memory), np.uint8)
    unit.ram.data[behind : behind + len(code)] = code
    script = Script()
    start(script)
    script.wait()
    script.instruct("start", image(behind), arena(LISTS[1]))
    script.wait()
    outcome = stream.run(script, unit.ram.data, MEMORIES[1])
    stored = outcome.ram[STORED : STORED + 512]
    np.testing.assert_array_equal(stored, unit.ram.data[DATA : DATA + 512])


def test_stamps_say_how_many_cycles_have_passed(stream):
    program = Program()
    program.move("stamp", address=arena(STORED))
    program.move("load", address=image(DATA), count0=500, local0=1)
    program.move("stamp", address=arena(STORED + 8))
    program.move("end")
    program.calculate("end")
    outcome = run(stream, machine(stream.geometry, program), MEMORIES[0])
    before, after = outcome.ram[STORED : STORED + 16].view("<u8").tolist()
    assert 0 < before < after < outcome.ended[0].cycles
    # A word per cycle, and what a command takes beside.
    assert 500 < after - before < 540
