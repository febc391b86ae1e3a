"""The ring against the meaning of a ring."""

from __future__ import annotations

import random

import pytest
from migen import run_simulation

from compiler_intrinsics.simd.state import Ring as Meaning
from rtl_ext.simd.ring import Ring
from tests.rtl_ext.drive import put


@pytest.mark.parametrize("size", [2, 8, 64])
def test_ring_steps_and_wraps_as_its_meaning_says(size):
    rng = random.Random(size)
    dut = Ring(size)

    def program():
        meaning = Meaning()
        for _ in range(600):
            assert (yield dut.position) == meaning.position
            assert (yield dut.wrap) == (meaning.position == meaning.last)
            load, advance = rng.random() < 0.1, rng.random() < 0.7
            first, last = rng.randrange(size), rng.randrange(size)
            yield from put(dut.bounds, load=load, first=first, last=last)
            yield dut.advance.eq(advance)
            yield
            yield from put(dut.bounds, load=0)
            yield dut.advance.eq(0)
            yield
            if load:
                meaning = Meaning(first, last, first)
            elif advance:
                meaning.advance(size)

    run_simulation(dut, program())
