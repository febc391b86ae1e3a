"""What is replayed is what was recorded of the last finished result."""

from __future__ import annotations

import random

import pytest
from migen import run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.patch import LUT_RAM_WORDS, Patch
from tests.rtl_ext.drive import PAUSE, put


def record(dut, words, rng, finished):
    """Record words; the last one finishes the patch if `finished`."""
    for place, word in enumerate(words):
        while rng.random() < PAUSE:
            yield from put(dut.record, write=0, last=rng.random() < 0.5)
            yield
        last = finished and place == len(words) - 1
        yield from put(dut.record, write=1, last=last, word=word)
        yield
    yield from put(dut.record, write=0)


def replay(dut, count, rng):
    """The words of `count` turns, and where they say that they are the last."""
    words, lasts = [], []
    yield from put(dut.replay, count=count, step=0)
    yield
    while not (yield dut.replay.over):
        if not (yield dut.replay.ready):
            yield
            continue
        words.append((yield dut.replay.word))
        lasts.append((yield dut.replay.last))
        yield from put(dut.replay, step=1)
        yield
        yield from put(dut.replay, step=0)
        for _ in range(rng.choice((1, 1, 3))):
            yield
    yield from put(dut.replay, finish=1)
    yield
    yield from put(dut.replay, finish=0)
    yield
    return words, lasts


@pytest.mark.parametrize("room", [2, 16, 2 * LUT_RAM_WORDS])
def test_a_finished_patch_is_replayed_as_often_as_asked(room):
    rng = random.Random(room)
    dut = Patch(Geometry(patch_words=room))

    def program():
        for _ in range(25):
            words = [rng.getrandbits(32) for _ in range(rng.randrange(1, room + 1))]
            yield from record(dut, words, rng, finished=True)
            for count in (0, rng.randrange(4)):
                found, lasts = yield from replay(dut, count, rng)
                assert found == words * count
                assert lasts == [place == len(words) - 1 for place in range(len(words))] * count

    run_simulation(dut, program())


@pytest.mark.parametrize("room", [8, 2 * LUT_RAM_WORDS])
def test_restart_drops_the_words_of_an_unfinished_result_but_keeps_the_finished_patch(room):
    rng = random.Random(1)
    dut = Patch(Geometry(patch_words=room))

    def program():
        yield from record(dut, [10, 11, 12, 13], rng, finished=True)
        yield from record(dut, [20], rng, finished=False)
        yield dut.restart.eq(1)
        yield
        yield dut.restart.eq(0)
        found, _ = yield from replay(dut, 1, rng)
        assert found == [20, 11, 12, 13], "recorded words lie where those of the patch did"
        yield from record(dut, [30, 31], rng, finished=True)
        found, _ = yield from replay(dut, 2, rng)
        assert found == [30, 31, 30, 31]

    run_simulation(dut, program())


def test_a_longer_patch_than_there_is_room_for_goes_round():
    rng = random.Random(1)
    dut = Patch(Geometry(patch_words=4))

    def program():
        yield from record(dut, [0, 1, 2, 3, 4, 5], rng, finished=True)
        found, _ = yield from replay(dut, 1, rng)
        assert found == [4, 5]

    run_simulation(dut, program())
