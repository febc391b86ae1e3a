"""Counters of nested loops against loops of Python."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from migen import run_simulation

from rtl_ext.stream.nest import Nest
from tests.rtl_ext.drive import PAUSE

LEVELS = 4


@pytest.mark.parametrize("counts", [(1, 1, 1, 1), (3, 2, 1, 2), (1, 4, 1, 3), (2, 1, 5, 1)])
def test_it_knows_which_loops_end_and_which_one_goes_on(counts):
    rng = Random(1)
    dut = Nest(LEVELS)

    def program():
        for signal, count in zip(dut.counts, counts, strict=True):
            yield signal.eq(count)
        for _ in range(2):  # it starts again with the same counts
            yield dut.load.eq(1)
            yield
            yield dut.load.eq(0)
            yield
            for signal in (*dut.ends, *dut.moves):
                assert not (yield signal)
            for turns in product(*map(range, reversed(counts))):
                last = [turn == count - 1 for turn, count in zip(turns[::-1], counts, strict=True)]
                yield dut.advance.eq(0)
                yield
                while rng.random() < PAUSE:
                    yield
                yield dut.advance.eq(1)
                ends = [all(last[: level + 1]) for level in range(LEVELS)]
                moves = [all(last[:level]) and not last[level] for level in range(LEVELS)]
                for level in range(LEVELS):
                    assert (yield dut.ends[level]) == ends[level]
                    assert (yield dut.moves[level]) == moves[level]
                yield
            yield dut.advance.eq(0)
            yield

    run_simulation(dut, program())


@pytest.mark.parametrize("level", range(LEVELS))
def test_it_says_that_a_count_is_zero(level):
    dut = Nest(LEVELS)

    def program():
        for number, signal in enumerate(dut.counts):
            yield signal.eq(number + 1)
        yield
        assert not (yield dut.zero)
        yield dut.counts[level].eq(0)
        yield
        assert (yield dut.zero)

    run_simulation(dut, program())
