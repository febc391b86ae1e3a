"""Which command waits for which, from the words that they touch."""

from __future__ import annotations

import numpy as np

from dwpw.stream.jobs import Compute, Job, Move, find_needs
from dwpw.stream.place import RamTensor

TENSOR = RamTensor(operator=0, tensor="scratch", offset=0, shape=(4, 1, 8))


def words(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def load(*to: int, **more: object) -> Move:
    return Move("load", {}, 0, writes=words(*to), **more)


def store(*of: int, **more: object) -> Move:
    return Move("store", {}, 0, reads=words(*of), **more)


def compute(reads: tuple[int, ...], writes: tuple[int, ...], entries: range = range(0)) -> Compute:
    return Compute("dot", {}, 0, reads=words(*reads), writes=words(*writes), entries=entries)


def needs(*jobs: Job) -> tuple[list[Move], list[Compute]]:
    return find_needs(list(jobs), activation_words=16, weight_entries=16)


def test_a_result_is_stored_when_it_is_there() -> None:
    moves, _ = needs(compute((0,), (1,)), compute((0,), (2,)), store(1), store(2))
    assert [move.after for move in moves] == [0, 1]


def test_what_is_computed_with_must_be_loaded_all_of_it() -> None:
    _, computes = needs(load(0), load(1), load(2), compute((0, 2), (5,)))
    assert computes[0].needs == {0, 2}


def test_a_slot_is_loaded_again_when_it_was_read() -> None:
    moves, computes = needs(load(0), compute((0,), (5,)), load(0), compute((0,), (5,)))
    assert moves[1].after == 0
    assert moves[1].needs == {0}
    assert computes[1].needs == {1}


def test_a_slot_of_results_is_written_again_when_it_was_stored() -> None:
    _, computes = needs(compute((0,), (5,)), store(5), compute((1,), (5,)))
    assert computes[1].needs == {0}


def test_a_word_that_two_stores_read_is_written_when_both_are_over() -> None:
    moves, computes = needs(compute((0,), (5,)), store(5), store(5), compute((1,), (5,)))
    assert moves[1].needs == {0}
    assert computes[1].needs == {1}


def test_weights_are_loaded_again_when_the_last_user_of_an_entry_is_over() -> None:
    moves, computes = needs(
        load(entries=range(4)),
        compute((0,), (5,), range(4)),
        compute((1,), (6,), range(2, 4)),
        load(entries=range(3, 6)),
        compute((0,), (7,), range(3, 6)),
    )
    assert moves[1].after == 1
    assert computes[2].needs == {1}


def test_a_load_waits_for_the_stores_of_its_rows_only() -> None:
    plane = range(1)
    moves, _ = needs(
        store(1, tensor=TENSOR, ram=(range(0, 2), plane)),
        store(2, tensor=TENSOR, ram=(range(2, 4), plane)),
        load(8, tensor=TENSOR, ram=(range(1, 2), plane)),
        load(9, tensor=TENSOR, ram=(range(1, 3), plane)),
    )
    assert [move.needs for move in moves] == [set(), set(), {0}, {0, 1}]


def test_a_move_is_as_urgent_as_what_waits_for_it() -> None:
    moves, _ = needs(
        store(1, tensor=TENSOR, ram=(range(4), range(1))),
        load(8, tensor=TENSOR, ram=(range(4), range(1))),
        load(9),
        compute((9,), (5,)),
        compute((8,), (5,)),
    )
    assert [move.deadline for move in moves] == [1, 1, 0]
