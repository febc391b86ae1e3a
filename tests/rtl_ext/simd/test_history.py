"""The rows' histories against lists of two words."""

from __future__ import annotations

import random

import pytest
from migen import run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.history import History


@pytest.mark.parametrize("in_blocks", [False, True])
@pytest.mark.parametrize("rows", [2, 16])
def test_a_row_shows_the_two_words_before_wherever_it_is_wanted(rows, in_blocks):
    """Also where the same row comes again at once, and 0 where none is wanted."""
    rng = random.Random(rows)
    dut = History(Geometry(rows=rows), in_blocks)

    def program():
        histories = [[0, 0] for _ in range(rows)]
        shown, wanted = 0, False  # asked for in the cycle before
        for _ in range(500):
            row, look = rng.choice((shown, rng.randrange(rows))), rng.random() < 0.8
            shift, word = wanted and rng.random() < 0.7, rng.getrandbits(32)
            yield dut.row.eq(row)
            yield dut.look.eq(look)
            yield dut.shift.eq(shift)
            yield dut.word.eq(word)
            yield
            found = [(yield dut.before), (yield dut.previous)]
            assert found == (histories[shown] if wanted else [0, 0])
            if shift:
                histories[shown] = [histories[shown][1], word]
            shown, wanted = row, look

    run_simulation(dut, program())
