"""The cycle model, by hand, and what it promises for the networks that the unit is made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.model import read_model
from dwpw.prediction.cycles import predict
from dwpw.stream.jobs import Compute, Move
from dwpw.stream.model import Rates, block_cycles, compute_cycles, move_cycles, schedule

RATES = Rates(bytes_per_cycle=2, burst_break=20, jump=10, command=40)


def block(counts: tuple[int, int, int], steps: tuple[int, int]) -> float:
    return block_cycles(RATES, counts, steps)


def test_words_that_follow_one_another_take_the_width_of_main_ram() -> None:
    assert block((6, 1, 1), (0, 0)) == 6 * 4
    assert block((6, 5, 1), (48, 0)) == 30 * 4
    assert block((6, 5, 2), (48, 240)) == 60 * 4


def test_rows_apart_cost_a_jump_each() -> None:
    assert block((6, 5, 1), (64, 0)) == 30 * 4 + 4 * 10
    assert block((6, 5, 2), (64, 320)) == 60 * 4 + 8 * 10
    assert block((6, 5, 2), (48, 256)) == 60 * 4 + 10


def test_a_move_also_reads_its_command() -> None:
    fields = {"count0": 6, "count1": 1, "count2": 1, "step1": 0, "step2": 0}
    assert move_cycles(RATES, "load", fields) == 32 / 2 + 20 + 24
    assert move_cycles(RATES, "fill", fields) == 32 / 2 + 6
    assert move_cycles(RATES, "stamp", {}) == 32 / 2 + 20


@pytest.mark.parametrize(("taps0", "result"), [(1, 4), (3, 4), (4, 4), (9, 9)])
def test_a_result_takes_its_steps_but_no_less_than_its_scaling(taps0: int, result: int) -> None:
    geometry = Geometry(taps=4, requantisers=2)
    fields = {"taps0": taps0, "taps1": 1, "taps2": 1, "rows": 5, "columns": 3, "groups": 2}
    assert compute_cycles(RATES, geometry, fields) == 40 + 2 * (3 + 15 * result)


def move(cycles: float, needs: set[int] = frozenset(), **more: int) -> Move:
    return Move("load", {}, 0, cycles=cycles, needs=set(needs), **more)


def compute(cycles: float, *needs: int) -> Compute:
    return Compute("dot", {}, 0, cycles=cycles, needs=set(needs))


def test_the_engines_wait_for_one_another_only_where_they_must() -> None:
    timing = schedule(
        [move(10, deadline=0), move(10, after=0), move(10, {1}, deadline=1)],
        [compute(100, 0), compute(5, 2)],
    )
    assert timing.moves == ((0, 10), (110, 120), (120, 130))
    assert timing.computes == ((10, 110), (130, 135))
    assert timing.total == 135


def test_of_the_moves_that_can_start_the_most_urgent_one_does() -> None:
    moves = [move(10, deadline=2), move(10, deadline=0), move(10, deadline=1, after=0)]
    timing = schedule(moves, [compute(5, 1), compute(5, 2), compute(5, 0)])
    assert timing.order == (1, 0, 2)


def test_a_move_that_is_not_wanted_yet_does_not_hold_up_one_that_will_be() -> None:
    moves = [move(10, deadline=0), move(90, deadline=2), move(30, deadline=1, after=0)]
    timing = schedule(moves, [compute(20, 0), compute(200, 2), compute(5, 1)])
    assert timing.order == (0, 2, 1)
    assert timing.computes == ((10, 30), (60, 260), (260, 265))


def test_the_memory_engine_does_not_wait_where_that_would_be_slower() -> None:
    moves = [move(10, deadline=0), move(90, deadline=2), move(30, deadline=1, after=0)]
    timing = schedule(moves, [compute(80, 0), compute(10, 2), compute(5, 1)])
    assert timing.order == (0, 1, 2)


def test_the_shipped_model_is_one_step_near_its_multiplications(repository: Path) -> None:
    graph = read_model(repository / "models" / "fashion_mobilenet_v1_025_96.tflite")
    (step,) = predict(Geometry(), graph)
    assert len(step.operators) > 28
    busy = sum(row.busy for row in step.operators)
    assert step.total < 1.1 * busy
    assert step.total < 250_000
