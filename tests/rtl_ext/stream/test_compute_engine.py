"""Whole commands against their Python meaning, with pauses and the memory engine in between."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from compiler_intrinsics.stream.commands import Space, Status
from compiler_intrinsics.stream.compute import WORD_BYTES
from compiler_intrinsics.stream.geometry import Geometry
from tests.support.stream_commands import (
    COUNTS,
    carry_out,
    encoded,
    random_command,
    random_weights,
)
from tests.support.verilated_engine import Ended, Script, VerilatedEngine, verilate_engine

WORDS = 1024
FIRST, SECOND, OTHER = range(384), range(384, 768), range(768, WORDS)
"""Commands read one of the first two parts and write the other one; the last one belongs to the
memory engine meanwhile."""

SIZES = [(1, 1), (4, 4)]
FURTHER_SIZES = [(2, 2), (8, 8)]
ENGINES = [*SIZES, *(pytest.param(size, marks=pytest.mark.full) for size in FURTHER_SIZES)]


def geometry_of(taps: int, requantisers: int) -> Geometry:
    return Geometry(
        taps=taps, requantisers=requantisers, activation_words=WORDS, weight_entries=512
    )


class Run:
    """Commands for an engine, and what its memories must hold; uint8 all."""

    def __init__(self, geometry: Geometry, seed: int):
        self.geometry = geometry
        self.rng, values = Random(seed), np.random.default_rng(seed)
        self.activations = values.integers(0, 256, WORDS * WORD_BYTES, np.uint8)
        self.weights = random_weights(geometry, values)
        self.script = Script()
        self.script.fill(Space.ACTIVATIONS, self.activations)

    def random_command(self) -> tuple[str, dict[str, int]]:
        """Its parameters are put into `weights`."""
        parts = self.rng.choice(((FIRST, SECOND), (SECOND, FIRST)))
        return random_command(self.geometry, self.rng, *parts, self.weights)

    def command(self, mnemonic: str, fields: dict[str, int]) -> None:
        """A command that must end well."""
        self.script.command(encoded(mnemonic, fields))
        refused = carry_out(self.geometry, self.activations, self.weights, mnemonic, fields)
        assert refused is None

    def accesses(self, count: int) -> list[int]:
        """Of the memory engine, to its own part; what its reads must answer."""
        words, answers = self.activations.view("<u8"), []
        for _ in range(count):
            address = self.rng.choice(OTHER)
            if self.rng.random() < 0.5:
                words[address] = word = self.rng.getrandbits(64)
                self.script.write(Space.ACTIVATIONS, address, word)
            else:
                self.script.read(address)
                answers.append(int(words[address]))
        return answers

    def check(self, engine: VerilatedEngine, *before: int, **pauses: int) -> list[Ended]:
        """Run, and compare all that was read: `before`, and then the whole memory."""
        self.script.wait()
        for address in range(WORDS):
            self.script.read(address)
        self.script.wait()
        ended, answers = engine.run(self.script, self.rng.getrandbits(30), **pauses)
        assert answers[: len(before)].tolist() == list(before)
        wrong = np.flatnonzero(answers[len(before) :] != self.activations.view("<u8"))
        assert wrong.tolist() == []
        return ended


@pytest.fixture(scope="module", params=ENGINES, ids=lambda size: f"taps{size[0]}-r{size[1]}")
def engine(request) -> VerilatedEngine:
    return verilate_engine(geometry_of(*request.param))


@pytest.mark.parametrize("seed", range(12))
def test_a_command_does_what_it_means(engine, seed):
    run = Run(engine.geometry, seed)
    command = run.random_command()
    run.script.fill(Space.WEIGHTS, run.weights)
    run.script.wait()
    run.command(*command)
    run.check(engine)


@pytest.mark.parametrize("pauses", [(0, 0), (50, 0), (0, 80), (95, 50)])
@pytest.mark.parametrize("seed", range(3))
def test_commands_see_what_those_before_have_written(engine, seed, pauses):
    """Whatever the memory engine does meanwhile, elsewhere."""
    run = Run(engine.geometry, 100 + seed)
    commands = [run.random_command() for _ in range(12)]
    run.script.fill(Space.WEIGHTS, run.weights)
    run.script.wait()
    for command in commands:
        run.command(*command)
    answers = run.accesses(600)
    ended = run.check(engine, *answers, command_pause=pauses[0], access_pause=pauses[1])
    assert {end.status for end in ended} == {Status.DONE}


@pytest.mark.full
@pytest.mark.parametrize("size", [*SIZES, *FURTHER_SIZES, (1, 8), (2, 1), (4, 2), (8, 4)])
def test_long_programs_do_what_they_mean(size):
    engine = verilate_engine(geometry_of(*size))
    for seed in range(1000, 1020):
        run = Run(engine.geometry, seed)
        commands = [run.random_command() for _ in range(60)]
        run.script.fill(Space.WEIGHTS, run.weights)
        run.script.wait()
        for command in commands:
            run.command(*command)
        answers = run.accesses(2000)
        run.check(engine, *answers, command_pause=run.rng.choice((0, 90)), access_pause=30)


def test_weights_of_the_next_command_may_be_loaded_meanwhile(engine):
    """Entries that no step reads change while steps read others."""
    run = Run(engine.geometry, 7)
    command = run.random_command()
    run.script.fill(Space.WEIGHTS, run.weights)
    run.script.wait()
    run.command(*command)
    free = used_entries(engine.geometry, command[1])
    words = engine.geometry.entry_bytes // WORD_BYTES
    for entry in sorted(set(range(engine.geometry.weight_entries)) - free):
        for word in range(words):
            run.script.write(Space.WEIGHTS, words * entry + word, run.rng.getrandbits(64))
    run.check(engine)


def used_entries(geometry: Geometry, fields: dict[str, int]) -> set[int]:
    """Entries of parameters and weights that a command reads."""
    steps = fields["taps0"] * fields["taps1"] * fields["taps2"] + geometry.parameter_entries
    firsts = (fields["weights"] + g * fields["weights_group"] for g in range(fields["groups"]))
    return {first + step for first in firsts for step in range(steps)}


@pytest.mark.parametrize("count", COUNTS)
def test_a_count_of_zero_is_refused(engine, count):
    run = Run(engine.geometry, 1)
    mnemonic, fields = run.random_command()
    run.script.command(encoded(mnemonic, fields | {count: 0}))
    assert [end.status for end in run.check(engine)] == [Status.SIZE]


BEHIND_THE_END = {
    "its first input": {"input": 8 * WORDS},
    "an input of a later row": {"input": 8 * WORDS - 8, "rows": 2, "input_row": 1},
    "an input of a later group": {"groups": 2, "input_group": WORDS},
    "an input of a later tap": {"taps1": 2, "input1": WORDS},
    "a result": {"output": WORDS - 1, "columns": 2},
    "a result of a later group": {"output": 500, "groups": 4, "output_group": WORDS // 4},
    "its parameters": {"weights": 512},
    "its weights": {"weights": 508, "taps2": 20},
    "weights of a later group": {"weights": 0, "groups": 2, "weights_group": 512},
}


@pytest.mark.parametrize("case", BEHIND_THE_END)
def test_an_access_behind_the_end_is_refused_and_the_next_program_runs(engine, case):
    run = Run(engine.geometry, 2)
    before, after = run.random_command(), run.random_command()
    run.script.fill(Space.WEIGHTS, run.weights)
    run.script.wait()
    ones = dict.fromkeys(COUNTS, 1)
    bad = dict.fromkeys(before[1], 0) | ones | {"output": OTHER[0]} | BEHIND_THE_END[case]
    run.command(*before)
    run.script.command(encoded(before[0], bad))
    refused = carry_out(engine.geometry, run.activations.copy(), run.weights, before[0], bad)
    assert refused is not None
    assert refused.status is Status.LOCAL
    run.script.wait()
    # What it wrote before it was refused is anything, inside the memory.
    for address in (*FIRST, *SECOND, *OTHER):
        run.script.write(Space.ACTIVATIONS, address, int(run.activations.view("<u8")[address]))
    run.script.wait()
    run.command(*after)
    statuses = [end.status for end in run.check(engine)]
    assert statuses == [Status.DONE, Status.LOCAL, Status.DONE]
