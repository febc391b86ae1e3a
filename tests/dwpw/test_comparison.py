"""Run logs beside the golden layers, and the JSON contract."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dwpw.comparison import compare_run
from dwpw.errors import UserError
from dwpw.golden import GoldenLayer, golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.report.jsonfile import require_writable, to_json, write_json
from tests.dwpw.fake_run import comparison, measured, spoilt
from tests.support.targets import REFERENCE, SCALAR, TARGET

SETS = (REFERENCE, SCALAR)

CONTRACT = {
    "": {"schema", "model", "soc", "golden", "runs"},
    "model": {"file", "sha256", "macs", "parameters", "operators"},
    "soc": {"cpu", "clock_hz", "memory", "main_ram", "extension"},
    "run": {"kernels", "cycles", "instructions", "exact", "output", "layers"},
    "layer": {"index", "op", "kernel", "shape", "macs", "cycles", "instructions", "exact"},
}
"""The fields of dwpw.compare/1; more may come, none may go."""


@pytest.fixture
def golden(graph: Graph) -> tuple[GoldenLayer, ...]:
    return golden_layers(graph, random_tensors(graph))


def test_a_run_with_golden_checksums_is_exact(
    graph: Graph, golden: tuple[GoldenLayer, ...]
) -> None:
    planned = plan(graph, TARGET, REFERENCE)
    run = compare_run(planned, measured(planned, golden), golden)
    assert run.exact
    assert [layer.group for layer in run.layers[:5]] == [
        "other", "stem", "depthwise", "other", "pointwise",
    ]  # fmt: skip


def test_one_wrong_checksum_makes_the_layer_and_the_run_inexact(
    graph: Graph, golden: tuple[GoldenLayer, ...]
) -> None:
    planned = plan(graph, TARGET, REFERENCE)
    both = measured(planned, golden)
    run = compare_run(planned, replace(both, layers=spoilt(both.layers, 4)), golden)
    assert not run.exact
    assert [layer.index for layer in run.layers if not layer.exact] == [4]


@pytest.mark.parametrize("which", ["layers", "whole"])
def test_a_wrong_output_of_either_run_makes_the_set_inexact(
    graph: Graph, golden: tuple[GoldenLayer, ...], which: str
) -> None:
    planned = plan(graph, TARGET, REFERENCE)
    both = measured(planned, golden)
    wrong = replace(getattr(both, which), output=(0,) * 5)
    run = compare_run(planned, replace(both, **{which: wrong}), golden)
    assert not run.exact
    assert all(layer.exact for layer in run.layers)


def test_the_cycles_of_a_set_are_those_of_the_whole_inference(
    graph: Graph, golden: tuple[GoldenLayer, ...]
) -> None:
    planned = plan(graph, TARGET, REFERENCE)
    both = measured(planned, golden)
    run = compare_run(planned, replace(both, whole=replace(both.whole, cycles=7)), golden)
    assert run.cycles == 7
    assert run.layer_cycles == both.layers.cycles
    assert run.between_layers == 7 - both.layers.cycles


def test_one_of_several_tensors_of_a_layer_makes_it_inexact(
    graph: Graph, golden: tuple[GoldenLayer, ...]
) -> None:
    planned = plan(graph, TARGET, REFERENCE)
    both = measured(planned, golden)
    layers = list(both.layers.layers)
    layers[2] = replace(layers[2], crcs=(*layers[2].crcs, 1))
    run = compare_run(planned, replace(both, layers=replace(both.layers, layers=layers)), golden)
    assert [layer.index for layer in run.layers if not layer.exact] == [2]


def test_the_json_has_every_field_of_the_contract(
    graph: Graph, golden: tuple[GoldenLayer, ...]
) -> None:
    data = to_json(comparison(graph, golden, SETS))
    assert data["schema"] == "dwpw.compare/1"
    assert set(data) >= CONTRACT[""]
    assert set(data["model"]) >= CONTRACT["model"]
    assert set(data["soc"]) >= CONTRACT["soc"]
    assert [run["kernels"] for run in data["runs"]] == ["reference", "scalar"]
    for run in data["runs"]:
        assert set(run) >= CONTRACT["run"]
        assert all(set(layer) >= CONTRACT["layer"] for layer in run["layers"])
    assert data["runs"][0]["layers"][1]["shape"] == [1, 4, 4, 4]
    assert data["model"]["operators"] == len(data["runs"][0]["layers"]) == 10


def test_cycles_of_a_wrong_tensor_are_not_in_the_json(
    graph: Graph, golden: tuple[GoldenLayer, ...]
) -> None:
    reference, scalar = to_json(comparison(graph, golden, SETS, {"scalar": 4}))["runs"]
    assert reference["cycles"] == 4_000_000 * 56
    assert reference["layer_cycles"] == 4_000_000 * 55
    assert reference["exact"] is True
    assert (scalar["cycles"], scalar["instructions"], scalar["exact"]) == (None, None, False)
    assert scalar["layer_cycles"] is None
    assert scalar["layers"][4]["cycles"] is None
    assert scalar["layers"][3]["cycles"] == 4 * 400_000


def test_the_file_is_written_and_read_back(
    graph: Graph, golden: tuple[GoldenLayer, ...], tmp_path: Path
) -> None:
    compared = comparison(graph, golden, SETS)
    write_json(compared, tmp_path / "c.json")
    assert json.loads((tmp_path / "c.json").read_text()) == to_json(compared)


def test_a_path_that_cannot_be_written_is_refused_ahead(tmp_path: Path) -> None:
    path = tmp_path / "none" / "c.json"
    with pytest.raises(UserError, match=r"c.json: cannot be written: No such file or directory"):
        require_writable(path)


def test_asking_whether_a_path_can_be_written_leaves_no_trace(tmp_path: Path) -> None:
    require_writable(tmp_path / "new.json")
    assert not (tmp_path / "new.json").exists()
    (tmp_path / "old.json").write_text("old")
    require_writable(tmp_path / "old.json")
    assert (tmp_path / "old.json").read_text() == "old"
