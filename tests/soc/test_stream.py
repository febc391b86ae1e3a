"""The streaming unit in the simulated SoC, beside the CPU and its caches."""

from __future__ import annotations

import struct
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from compiler_intrinsics.command_set import WORD_BYTES
from compiler_intrinsics.stream.commands import Space, Status, Window, main_ram
from compiler_intrinsics.stream.machine import Machine
from compiler_intrinsics.stream.move import MainRam
from soc.config import MEMORIES
from soc.memory_map import IMAGE_BASE
from tests.support.stream_commands import random_command, random_weights
from tests.support.stream_programs import Program
from tests.support.stream_soc import GEOMETRY, TARGET

SDRAM, IDEAL = (TARGET.with_memory(name).soc_config(counters=name == "sdram") for name in MEMORIES)
"""One with counters, which is built for a test of `dwpw explain` as well."""
ROUNDS = 3
MEMORY_LIST, COMPUTE_LIST, WEIGHTS, IMAGE_SIZE = 0x1000, 0x2000, 0x4000, 0x10000
ARENA_SIZE, RESULTS = 0x8000, 0x4000
QUARTER = GEOMETRY.activation_words // 4
SOURCE_WORDS = RESULTS // 4
RESULT_WORDS = QUARTER * WORD_BYTES // 4


def program(rng: Random, weights: np.ndarray) -> Program:
    """Loads what the CPU has written, fills a row, computes, and stores the results."""
    made = Program()
    made.move(
        "load", space=Space.WEIGHTS, address=WEIGHTS, count0=len(weights) // WORD_BYTES, local0=1
    )
    arena = main_ram(Window.ARENA, 0)
    made.move("load", address=arena, count0=GEOMETRY.activation_words, local0=1)
    made.move("fill", value=-7, local=3, count0=5, count1=2, local0=1, local1=40)
    read, written = range(QUARTER), range(QUARTER, 2 * QUARTER)
    mnemonic, fields = random_command(GEOMETRY, rng, read, written, weights)
    made.calculate(mnemonic, **fields, after=3)
    made.calculate("end")
    results = main_ram(Window.ARENA, RESULTS)
    made.move("store", address=results, local=QUARTER, count0=QUARTER, local0=1, tail=8, after=1)
    made.move("end")
    return made


def prepared(rng: Random, lists: Program | None = None) -> Machine:
    """A machine whose main RAM, from the image on, is what the SoC's will be."""
    weights = random_weights(GEOMETRY, np.random.default_rng(rng.getrandbits(32)))
    lists = lists or program(rng, weights)
    data = np.zeros(IMAGE_SIZE + ARENA_SIZE, np.uint8)
    table = struct.pack(
        "<8I",
        *(IMAGE_SIZE, IMAGE_BASE + IMAGE_SIZE, ARENA_SIZE, MEMORY_LIST, COMPUTE_LIST),
        *(SOURCE_WORDS, RESULTS, RESULT_WORDS),
    )
    for place, content in (
        (0, table),
        (MEMORY_LIST, b"".join(lists.memory)),
        (COMPUTE_LIST, b"".join(lists.compute)),
        (WEIGHTS, weights.tobytes()),
    ):
        data[place : place + len(content)] = np.frombuffer(content, np.uint8)
    unit = Machine(GEOMETRY, MainRam(IMAGE_BASE, data))
    unit.set_image(IMAGE_BASE, IMAGE_SIZE)
    unit.set_arena(IMAGE_BASE + IMAGE_SIZE, ARENA_SIZE)
    return unit


def play(unit: Machine) -> list[str]:
    """The rounds of `stream.c` on the machine: what it prints."""
    lines = []
    arena = unit.ram.data[IMAGE_SIZE:]
    for turn in range(ROUNDS):
        words = (np.arange(1, SOURCE_WORDS + 1) * 0x9E3779B9 + turn) & 0xFFFFFFFF
        arena[: 4 * SOURCE_WORDS] = words.astype("<u4").view(np.uint8)
        unit.start(MEMORY_LIST, COMPUTE_LIST)
        assert unit.run() is Status.DONE
        total = 0
        for word in arena[RESULTS : RESULTS + 4 * RESULT_WORDS].view("<u4").tolist():
            total = (total * 31 + word) & 0xFFFFFFFF
        lines += [f"{unit.status_word:08x}", f"{total:08x}"]
    return lines


@pytest.mark.parametrize("config", [SDRAM, IDEAL], ids=MEMORIES)
def test_a_program_works_on_what_the_cpu_wrote_and_the_cpu_reads_its_results(make_bench, config):
    bench = make_bench(config)
    unit = prepared(Random(3))
    outcome = bench.run("stream", [(IMAGE_BASE, unit.ram.data.tobytes())])
    assert outcome.lines == play(unit)
    assert outcome.dumps == [unit.ram.data[IMAGE_SIZE:].tobytes()]


def test_the_harness_tells_of_every_command_of_both_engines(make_bench):
    bench = make_bench(SDRAM)
    unit = prepared(Random(3))
    outcome = bench.run("stream", [(IMAGE_BASE, unit.ram.data.tobytes())])
    array, memory = ([one for one in outcome.commands if one.engine == n] for n in range(2))
    assert (len(array), len(memory)) == (ROUNDS, 4 * ROUNDS)
    for commands in (array, memory):
        assert all(one.start < one.end for one in commands)
        assert all(a.end <= b.end and a.start < b.start for a, b in pairwise(commands))
    for turn, one in enumerate(array):
        *loads, store = memory[4 * turn :][:4]
        assert max(load.end for load in loads) <= one.start < one.end <= store.start


def timed(mnemonic: str, repeats: int, **more: int) -> Program:
    """A long move between two stamps."""
    made = Program()
    made.move("stamp", address=main_ram(Window.ARENA, RESULTS))
    made.move(
        mnemonic,
        address=main_ram(Window.ARENA, 0),
        **{"count0": GEOMETRY.activation_words, "count1": repeats, "local0": 1},
        **more,
    )
    made.move("stamp", address=main_ram(Window.ARENA, RESULTS + WORD_BYTES))
    made.move("end")
    made.calculate("end")
    return made


@pytest.mark.parametrize(
    ("config", "mnemonic", "least"),
    [
        (SDRAM, "load", 1.85),
        (SDRAM, "store", 1.85),
        (IDEAL, "load", 7.8),
        (IDEAL, "store", 7.8),
    ],
)
def test_main_ram_and_the_unit_exchange_so_many_bytes_per_cycle(
    make_bench, config, mnemonic, least
):
    repeats, size = 8, GEOMETRY.activation_words * WORD_BYTES
    more = {"tail": 8, "step1": 0} if mnemonic == "store" else {"step1": 0}
    bench = make_bench(config)
    unit = prepared(Random(3), timed(mnemonic, repeats, **more))
    outcome = bench.run("stream", [(IMAGE_BASE, unit.ram.data.tobytes())])
    before, after = struct.unpack_from("<2Q", outcome.dumps[0], RESULTS)
    assert size * repeats / (after - before) >= least
