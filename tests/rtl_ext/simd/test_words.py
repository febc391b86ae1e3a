"""Instructions become the words that they mean, one after the other."""

from __future__ import annotations

import random

import pytest
from migen import Signal, run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.words import Words
from tests.rtl_ext.drive import get
from tests.rtl_ext.simd.commands import MAC, put_command, random_commands


@pytest.mark.parametrize("patch_words", [2, 8])
def test_every_instruction_offers_its_words_until_they_are_taken(patch_words):
    rng = random.Random(patch_words)
    geometry = Geometry(patch_words=patch_words)
    dut = Words(geometry)
    wanted = Signal()
    dut.comb += dut.taken.eq(wanted & dut.offer.valid)
    commands, state = random_commands(rng, 250, MAC, geometry)
    found = []

    def program():
        for item, a, b in commands:
            yield from put_command(dut.command, item, a, b)
            yield dut.valid.eq(1)
            done = False
            while not done:
                yield wanted.eq(rng.random() < 0.7)
                yield
                offer = yield from get(dut.offer)
                if (yield dut.taken):
                    last = offer["last"] if not offer["skip"] else 0
                    mac = 1 - offer["skip"]
                    found.append((offer["word"], last, offer["dw"], mac, offer["up"] & mac))
                done = yield dut.done
            # The queue may be empty behind it.
            yield wanted.eq(0)
            for _ in range(rng.choice((0, 0, 2))):
                yield dut.valid.eq(0)
                yield
                assert not (yield dut.offer.valid)

    run_simulation(dut, program())
    assert found == [words[3:-1] for words in state.words]
