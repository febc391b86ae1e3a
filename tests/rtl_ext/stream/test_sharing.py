"""`simd` on the lanes of the streaming unit: whoever works, both compute what they mean."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import Geometry as SimdGeometry
from compiler_intrinsics.stream.commands import Status
from compiler_intrinsics.stream.geometry import TAPS, Geometry
from compiler_intrinsics.stream.spec import INSTRUCTION_SET as STREAM
from rtl_ext.simd.unit import SimdUnit
from rtl_ext.stream.unit import StreamUnit
from rtl_ext.top import Extension
from rtl_ext.verilog import extension_verilog
from tests.support.random_program import random_program
from tests.support.stream_bench import MEMORIES, start
from tests.support.stream_moves import whole_program
from tests.support.stream_programs import Program, machine
from tests.support.verilated_stream import Script, VerilatedStream, verilate_beside_simd

SIMD = SimdGeometry(store_entries=64, param_groups=4, patch_words=16, rows=8, results=8, queue=8)
LENGTH = 6000
MANY_RESULTS = 60_000
MEETINGS = 40
"""How often, on average, a program is started, asked for, stopped or waited for on the way."""


def geometry(taps: int, requantisers: int) -> Geometry:
    """With small memories."""
    return Geometry(
        taps=taps, requantisers=requantisers, activation_words=1024, weight_entries=1024
    )


@pytest.fixture(scope="module")
def both() -> VerilatedStream:
    return verilate_beside_simd(SIMD, geometry(4, 4))


def interleaved(rng: Random, instructions: list, meetings: int = MEETINGS) -> Script:
    """Instructions of `simd`, while programs are started, stopped and waited for at any moment; at
    last one is started that nobody stops."""
    script = Script()
    start(script)
    for at, (item, a, b) in enumerate(instructions):
        if rng.random() < meetings / len(instructions):
            rng.choice(
                (
                    script.wait,
                    lambda: script.instruct("stop"),
                    lambda: script.instruct("status"),
                    lambda: start(script),
                    lambda: start(script),
                )
            )()
        if rng.random() < 0.02:
            script.let_pass(rng.choice((1, 5, 40, 900)))
        if at == len(instructions) * 3 // 4:
            script.instruct("stop")
            script.wait()
            start(script)
            meetings = 0
        script.instruct_other(item.function_id, a, b)
    script.wait()
    return script


def check(both: VerilatedStream, seed: int, memory) -> None:
    rng = Random(seed)
    unit = whole_program(rng, both.geometry, 6)
    program, answers = random_program(INSTRUCTION_SET, SIMD, seed, LENGTH)
    script = interleaved(rng, program)
    outcome = both.run(script, unit.ram.data, replace(memory, seed=seed))
    assert outcome.answers == answers
    assert unit.run() is Status.DONE
    assert outcome.ended[-1].word == unit.status_word
    assert {ended.status for ended in outcome.ended} <= {Status.DONE, Status.STOPPED}
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(3, 40))]
)
def test_instructions_and_programs_mean_the_same_however_they_meet(both, seed, memory):
    check(both, seed, memory)


@pytest.mark.full
@pytest.mark.parametrize("requantisers", [1, 2, 8])
@pytest.mark.parametrize("taps", TAPS)
def test_they_do_so_with_any_number_of_lanes_and_requantisers(taps, requantisers):
    other = verilate_beside_simd(SIMD, geometry(taps, requantisers))
    for seed in range(4):
        check(other, seed, MEMORIES[seed % len(MEMORIES)])


@pytest.mark.parametrize("taps", [2, pytest.param(8, marks=pytest.mark.full)])
def test_they_do_so_with_half_and_with_twice_the_lanes(taps):
    check(verilate_beside_simd(SIMD, geometry(taps, 2)), 1, MEMORIES[1])


def test_words_are_multiplied_while_a_command_goes_on_and_on(both):
    """So the CPU never stands still for as long as a program runs."""
    endless = Program()
    endless.move("end")
    endless.calculate("dot", rows=MANY_RESULTS)
    endless.calculate("end")
    unit = machine(both.geometry, endless)
    program, answers = random_program(INSTRUCTION_SET, SIMD, 1, LENGTH)
    script = Script()
    start(script)
    for item, a, b in program:
        script.instruct_other(item.function_id, a, b)
    script.instruct_other(STREAM.by_mnemonic["stream_status"].function_id, 0, 0)
    script.wait()
    outcome = both.run(script, unit.ram.data, MEMORIES[0])
    assert outcome.answers == [*answers, Status.RUNNING]
    assert outcome.ended[0].status is Status.DONE


@pytest.mark.parametrize("pause", range(0, 40))
def test_a_program_may_start_in_every_cycle_between_a_last_word_and_its_result(both, pause):
    """Results under way are not disturbed."""
    rng = Random(pause)
    unit = whole_program(rng, both.geometry, 2)
    program, answers = random_program(INSTRUCTION_SET, SIMD, pause, 900)
    script = Script()
    ends = [at for at, (item, *_) in enumerate(program) if item.mnemonic.endswith("_last")]
    started = set(ends[-4:])
    for at, (item, a, b) in enumerate(program):
        script.instruct_other(item.function_id, a, b)
        if at in started:
            script.let_pass(pause)
            start(script)
    script.wait()
    outcome = both.run(script, unit.ram.data, MEMORIES[0])
    assert outcome.answers == answers
    assert unit.run() is Status.DONE
    assert outcome.ended[-1].word == unit.status_word
    np.testing.assert_array_equal(outcome.ram, unit.ram.data)


def test_results_that_are_there_are_read_while_a_program_runs(both):
    """`pop` is answered at once; the program goes on."""
    unit = whole_program(Random(1), both.geometry, 6)
    program, answers = random_program(INSTRUCTION_SET, SIMD, 1, 900)
    last = max(at for at, (item, *_) in enumerate(program) if item.mnemonic.endswith("_last"))
    script, read_early = Script(), Script()
    for one, early in ((script, False), (read_early, True)):
        for item, a, b in program[: last + 1]:
            one.instruct_other(item.function_id, a, b)
        one.let_pass(60)
        start(one)
        if early:
            for item, a, b in program[last + 1 :]:
                if item.mnemonic == "pop":
                    one.instruct_other(item.function_id, a, b)
        one.wait()
    scripts = (script, read_early)
    plain, early = (both.run(one, unit.ram.data.copy(), MEMORIES[0]) for one in scripts)
    assert early.answers[: last + 1] == answers[: last + 1]
    assert early.answers[last + 1 :]
    spent = plain.ended[0].cycles - early.ended[0].cycles
    assert spent == len(early.answers) - len(plain.answers)


def multipliers(text: str) -> int:
    """Products in Verilog."""
    return text.count(" * ")


@pytest.mark.parametrize(
    ("taps", "products"),
    [(1, 16 + 4 + 8 + 16), (2, 16 + 16), (4, 32 + 16), (8, 64 + 16)],
    ids=["8 lanes", "16 lanes", "32 lanes", "64 lanes"],
)
def test_units_together_have_the_streaming_units_multipliers_if_those_are_enough(taps, products):
    """With fewer than 16 lanes each has its own."""
    units = [SimdUnit(SimdGeometry()), StreamUnit(Geometry(taps=taps))]
    assert multipliers(extension_verilog(Extension(units))) == products


def test_simd_alone_has_multipliers_of_its_own():
    assert multipliers(extension_verilog(Extension([SimdUnit(SimdGeometry())]))) == 16 + 4
