"""The words of a moving command, in their order."""

from __future__ import annotations

from random import Random

import pytest
from migen import run_simulation

from rtl_ext.stream.nest_walker import LEVELS, NestWalker

WIDTH = 16


@pytest.mark.parametrize("seed", range(4))
def test_places_go_along_rows_then_rows_then_planes(seed):
    rng = Random(seed)
    dut = NestWalker(WIDTH)
    found, wanted = [], []

    def walk(counts: list[int], strides: list[int], first: int):
        for signals, values in (
            (dut.counts, counts),
            (dut.strides, strides),
            ([dut.first], [first]),
        ):
            for signal, value in zip(signals, values, strict=True):
                yield signal.eq(value)
        yield from begin(dut)
        while (yield dut.more):
            go_on = rng.random() < 0.7
            yield dut.advance.eq(go_on)
            if go_on:
                found.append(((yield dut.place), (yield dut.row_end)))
            yield
            yield dut.advance.eq(0)
            yield

    def program():
        for _ in range(12):
            counts = [rng.choice((1, rng.randint(1, 5))) for _ in range(LEVELS)]
            strides = [rng.getrandbits(WIDTH) for _ in range(LEVELS)]
            first = rng.getrandbits(WIDTH)
            for plane in range(counts[2]):
                for row in range(counts[1]):
                    for word in range(counts[0]):
                        turns = (word, row, plane)
                        offset = sum(t * s for t, s in zip(turns, strides, strict=True))
                        place = (first + offset) % (1 << WIDTH)
                        wanted.append((place, word == counts[0] - 1))
            yield from walk(counts, strides, first)

    run_simulation(dut, program())
    assert found == wanted


def begin(dut: NestWalker):
    """Start it; afterwards its first word is there."""
    yield dut.prepare.eq(1)
    yield
    yield dut.prepare.eq(0)
    yield dut.load.eq(1)
    yield dut.used.eq(1)
    yield
    yield dut.load.eq(0)
    yield


def test_a_single_word_needs_no_counts():
    dut = NestWalker(WIDTH)
    found = []

    def program():
        yield dut.first.eq(77)
        for signal in dut.counts:
            yield signal.eq(5)
        yield dut.single.eq(1)
        yield from begin(dut)
        yield dut.advance.eq(1)
        for _ in range(5):
            yield
            if (yield dut.more):
                found.append((yield dut.place))

    run_simulation(dut, program())
    assert found == [77]


def test_a_walk_of_nothing_has_no_words():
    dut = NestWalker(WIDTH)

    def program():
        yield dut.load.eq(1)
        yield
        yield dut.load.eq(0)
        for _ in range(5):
            yield
            assert not (yield dut.more)

    run_simulation(dut, program())
