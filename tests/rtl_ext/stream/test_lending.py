"""Two users of the lanes: never both at once, and each gets them."""

from __future__ import annotations

from random import Random

import pytest
from migen import run_simulation

from rtl_ext.stream.lending import Lending

CYCLES = 4000
OWN_WAY, OTHER_WAY = 12, 7
"""Cycles in which a step, or a word, is under way."""


class Users:
    """What both have under way, and how much they have done."""

    def __init__(self, rng: Random):
        self.rng = rng
        self.command = self.words = 0
        self.own, self.other = [], []
        self.steps_done = self.words_done = self.longest_wait = self.waited = 0

    def cycle(self, lent: int, pause: int) -> None:
        """What happens in a cycle with these outputs."""
        self.own = [left - 1 for left in self.own if left > 1]
        self.other = [left - 1 for left in self.other if left > 1]
        if self.command and not pause:
            assert not lent
            assert not self.other
            self.own.append(OWN_WAY)
            self.command -= 1
            self.steps_done += 1
        if self.words and lent:
            assert not self.own
            self.other.append(OTHER_WAY)
            self.words -= 1
            self.words_done += 1
            self.waited = 0
        elif self.words:
            self.waited += 1
            self.longest_wait = max(self.longest_wait, self.waited)

    def ask(self, steps: int, words: float) -> None:
        """Perhaps a new command, perhaps some words."""
        if not self.command and self.rng.random() < 0.1:
            self.command = self.rng.randrange(1, steps)
        if not self.words and self.rng.random() < words:
            self.words = self.rng.choice((1, 2, 20))


@pytest.mark.parametrize("words", [0.01, 0.05, 0.1])
@pytest.mark.parametrize("steps", [2, 30, 10**9])
def test_both_are_never_under_way_at_once_and_words_wait_for_steps_under_way_only(steps, words):
    dut = Lending()
    users = Users(Random(steps))

    def drive():
        for _ in range(CYCLES):
            users.ask(steps, words)
            yield dut.wants.eq(users.words != 0)
            yield dut.busy.eq(users.command != 0)
            yield dut.quiet.eq(not users.other)
            yield dut.under_way.eq(bool(users.own))
            yield
            # Outputs of the cycle that these inputs are of.
            users.cycle((yield dut.lent), (yield dut.pause))

    run_simulation(dut, drive())
    assert users.steps_done > 100
    assert users.words_done > 20
    assert users.longest_wait <= OWN_WAY + 3
