"""The sequencer against the meaning of the instructions, while results come and go."""

from __future__ import annotations

import random

import pytest
from migen import passive, run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.sequencer import Sequencer
from tests.rtl_ext.drive import get
from tests.rtl_ext.simd.commands import MAC, SETUP, put_command, random_commands

GEOMETRIES = [
    Geometry(store_entries=64, param_groups=4, patch_words=8, rows=4, results=4),
    Geometry(store_entries=4, param_groups=2, patch_words=2, rows=8, results=2),
]

TIMEOUT = 2000
"""Cycles within which any instruction is taken, though the lanes are elsewhere now and then."""


class Requantiser:
    """What the sequencer sees of the modules behind it: results end and are read at random."""

    def __init__(self, rng: random.Random, places: int):
        self.rng, self.places = rng, places
        self.under_way = self.waiting = 0

    def cycle(self, dut: Sequencer):
        """Moves on by one cycle, after the sequencer's outputs of that cycle are known."""
        started = yield dut.started
        assert not (started and self.full), "a result without a place"
        scale = yield from get(dut.scale)
        assert not self.under_way or not (scale["write_bias"] or scale["write_scale"])
        self.under_way += started
        if self.under_way and self.rng.random() < 0.15:
            self.under_way, self.waiting = self.under_way - 1, self.waiting + 1
        if self.waiting and self.rng.random() < 0.3:
            self.waiting -= 1
        yield dut.full.eq(self.full)
        yield dut.drained.eq(self.under_way == 0)

    @property
    def full(self) -> bool:
        return self.under_way + self.waiting == self.places


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=["small", "least"])
def test_steps_are_the_words_that_the_instructions_mean(geometry):
    rng = random.Random(1)
    dut = Sequencer(geometry)
    behind = Requantiser(rng, geometry.results)
    commands, state = random_commands(rng, 250, (*MAC, *MAC, *SETUP), geometry)
    steps, distances = [], []

    def program():
        for item, a, b in commands:
            yield from put_command(dut.command, item, a, b)
            yield dut.valid.eq(1)
            for _ in range(TIMEOUT):
                yield dut.lent.eq(rng.random() < 0.9)
                yield
                done = yield dut.done
                yield from behind.cycle(dut)
                if done:
                    break
            else:
                raise AssertionError(f"{item.mnemonic} is not taken")
            if rng.random() < 0.3:
                yield dut.valid.eq(0)
                yield
                assert not (yield dut.done)
                yield from behind.cycle(dut)
        yield dut.valid.eq(0)
        for _ in range(3):
            yield

    @passive
    def watch():
        address = row = look = lent = since = 0
        while True:
            yield
            step = yield from get(dut.step)
            since += 1
            word, other = [step["dot"], step["column"]][:: -1 if look else 1]
            assert other == 0, "what is not meant is 0"
            assert lent or word == 0, "so are both without lanes"
            if step["mac"] or step["shift"]:
                assert since > 1 or not step["mac"] or not distances, "the accumulators are reset"
                fields = (step["group"], row, word, step["last"], look, step["mac"])
                steps.append((address, *fields, step["up"] & step["mac"], step["zero_point"]))
            if step["last"]:
                distances.append(since)
                since = 0
            address, row = (yield dut.address), (yield dut.row)
            look, lent = (yield dut.look), (yield dut.lent)

    run_simulation(dut, [program(), watch()])
    assert steps == state.words
    assert min(distances[1:]) == geometry.groups, "as close as the requantiser takes them"
