"""Running sums against the products that they stand for."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from migen import run_simulation

from rtl_ext.stream.walk import Walk
from tests.rtl_ext.drive import PAUSE

WIDTH, SIZE = 10, 256


@pytest.mark.parametrize("seed", range(6))
def test_every_turn_has_its_address_modulo_the_width(seed):
    rng = Random(seed)
    counts = [rng.randint(1, 4) for _ in range(3)]
    dut = Walk(WIDTH, len(counts), SIZE)

    def once():
        first = rng.randrange(1 << WIDTH)
        strides = [rng.randrange(1 << WIDTH) for _ in counts]
        yield dut.first.eq(first)
        for signal, stride in zip(dut.strides, strides, strict=True):
            yield signal.eq(stride)
        yield dut.load.eq(1)
        yield
        yield dut.load.eq(0)
        for outer in product(*map(range, reversed(counts))):
            turns = outer[::-1]
            last = [turn == count - 1 for turn, count in zip(turns, counts, strict=True)]
            for level, signal in enumerate(dut.moves):
                yield signal.eq(all(last[:level]) and not last[level])
            yield dut.advance.eq(0)
            yield
            while rng.random() < PAUSE:
                yield
            yield dut.advance.eq(1)
            place = first + sum(turn * by for turn, by in zip(turns, strides, strict=True))
            assert (yield dut.place) == place % (1 << WIDTH)
            assert (yield dut.outside) == (place % (1 << WIDTH) >= SIZE)
            yield
        yield dut.advance.eq(0)

    def program():
        for _ in range(3):
            yield from once()

    run_simulation(dut, program())
