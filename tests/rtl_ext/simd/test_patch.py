"""What is replayed is what was recorded of the last finished result."""

from __future__ import annotations

import random

import pytest
from migen import Signal, run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.patch import Patch
from tests.rtl_ext.drive import PAUSE, put


class SteppedPatch(Patch):
    """Steps when it is wanted and there is anything left, as `Words` does."""

    def __init__(self, room: int):
        super().__init__(Geometry(patch_words=room))
        self.wanted = Signal()
        self.comb += self.replay.step.eq(self.wanted & ~self.replay.over)


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
    yield from put(dut.replay, count=count)
    while True:
        yield dut.wanted.eq(rng.random() > PAUSE)
        yield
        if (yield dut.replay.over):
            break
        if (yield dut.replay.step):
            words.append((yield dut.replay.word))
            lasts.append((yield dut.replay.last))
    yield dut.wanted.eq(0)
    yield from put(dut.replay, finish=1)
    yield
    yield from put(dut.replay, finish=0)
    yield
    return words, lasts


@pytest.mark.parametrize("room", [2, 16, 128])
def test_a_finished_patch_is_replayed_as_often_as_asked(room):
    rng = random.Random(room)
    dut = SteppedPatch(room)

    def program():
        for _ in range(25):
            words = [rng.getrandbits(32) for _ in range(rng.randrange(1, room + 1))]
            yield from record(dut, words, rng, finished=True)
            for count in (0, rng.randrange(4)):
                found, lasts = yield from replay(dut, count, rng)
                assert found == words * count
                assert lasts == [place == len(words) - 1 for place in range(len(words))] * count

    run_simulation(dut, program())


@pytest.mark.parametrize("room", [8, 128])
def test_restart_drops_the_words_of_an_unfinished_result_but_keeps_the_finished_patch(room):
    rng = random.Random(1)
    dut = SteppedPatch(room)

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
    dut = SteppedPatch(4)

    def program():
        yield from record(dut, [0, 1, 2, 3, 4, 5], rng, finished=True)
        found, _ = yield from replay(dut, 1, rng)
        assert found == [4, 5]

    run_simulation(dut, program())
