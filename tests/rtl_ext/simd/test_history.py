"""The rows' histories against lists of two words."""

from __future__ import annotations

import random

import pytest
from migen import run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.history import History


@pytest.mark.parametrize("rows", [2, 16])
def test_a_row_shows_the_two_words_before_until_it_is_shifted(rows):
    rng = random.Random(rows)
    dut = History(Geometry(rows=rows))

    def program():
        histories = [[0, 0] for _ in range(rows)]
        for _ in range(500):
            row, shift, word = rng.randrange(rows), rng.random() < 0.6, rng.getrandbits(32)
            yield dut.row.eq(row)
            yield dut.shift.eq(shift)
            yield dut.word.eq(word)
            yield
            yield dut.shift.eq(0)
            assert [(yield dut.before), (yield dut.previous)] == histories[row]
            yield
            if shift:
                histories[row] = [histories[row][1], word]

    run_simulation(dut, program())
