"""A board's run beside the simulator's: marks, sentences, JSON."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.report.onboard_table import OnBoard, on_board_json, print_on_board
from tests.dwpw.fake_run import comparison
from tests.support.targets import SIMD


@pytest.fixture
def result(graph: Graph) -> OnBoard:
    """Layer 2 takes 6 % longer on the board, layer 3 4 %, layer 4 is 6 % faster."""
    golden = golden_layers(graph, random_tensors(graph))
    simulated = comparison(graph, golden, [SIMD])
    (run,) = simulated.runs
    parts = {2: 1.06, 3: 1.04, 4: 0.94}
    layers = tuple(
        replace(one, cycles=round(one.cycles * parts.get(one.index, 1))) for one in run.layers
    )
    board = replace(run, layers=layers, cycles=sum(one.cycles for one in layers))
    return OnBoard(replace(simulated, runs=(board, run)), "ulx3s at /dev/x", "60 MHz")


def printed(result: OnBoard) -> str:
    out = StringIO()
    print_on_board(result, Console(file=out, width=120), layers=True)
    return out.getvalue()


def test_layers_that_differ_by_more_than_5_percent_are_marked(result: OnBoard) -> None:
    assert result.deviating == [2, 4]
    marked = [line.split()[0] for line in printed(result).splitlines() if "% !" in line]
    assert marked == ["2", "4"]
    assert "2 of 10 layers differ by more than 5 % (marked !)." in printed(result)


def test_wrong_tensor_gives_no_difference(result: OnBoard) -> None:
    board, run = result.runs
    layers = [replace(one, exact=one.index != 2) for one in board.layers]
    wrong = replace(board, layers=tuple(layers), exact=False)
    spoilt = replace(result, comparison=replace(result.comparison, runs=(wrong, run)))
    assert spoilt.deviating == [4]
    assert "DIFFERS" in printed(spoilt)
    assert "on the board:" not in printed(spoilt)


def test_json_has_both_runs(result: OnBoard) -> None:
    document = on_board_json(result)
    assert document["schema"] == "dwpw.compare/1"
    assert [run["machine"] for run in document["runs"]] == ["board", "simulator"]
    assert [len(run["layers"]) for run in document["runs"]] == [10, 10]
    assert document["deviating"] == [2, 4]
