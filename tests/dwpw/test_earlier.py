"""What each layer gained or lost against an earlier comparison."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dwpw.comparison import ComparedRun, Comparison
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.report.earlier import Change, changes_since, read_earlier
from dwpw.report.jsonfile import to_json, write_json
from tests.dwpw.fake_run import comparison
from tests.support.targets import SCALAR, SIMD


@pytest.fixture
def before(graph: Graph) -> Comparison:
    """An exact comparison of two sets."""
    golden = golden_layers(graph, random_tensors(graph))
    return comparison(graph, golden, (SCALAR, SIMD))


def changed(run: ComparedRun, cycles: dict[int, int], whole: int) -> ComparedRun:
    """The run with cycles added to layers, by index, and to the whole inference."""
    layers = [replace(one, cycles=one.cycles + cycles.get(one.index, 0)) for one in run.layers]
    return replace(run, cycles=run.cycles + whole, layers=tuple(layers))


def test_each_layer_what_lies_between_and_the_total_are_held_against_the_same_of_before(before):
    scalar, simd = before.runs
    now = replace(before, runs=(scalar, changed(simd, {1: -300, 4: 50}, whole=-240)))
    changes = changes_since(to_json(before), now)
    assert changes["scalar"].nothing
    assert changes["simd"] == Change(
        layers=(0, -300, 0, 0, 50, 0, 0, 0, 0, 0), between=10, total=-240, before=simd.cycles
    )


def test_cycles_of_a_wrong_tensor_are_no_change(before):
    scalar, simd = before.runs
    layers = list(simd.layers)
    layers[2] = replace(layers[2], exact=False, cycles=1)
    wrong = replace(before, runs=(scalar, replace(simd, exact=False, layers=tuple(layers))))
    for document, now in ((before, wrong), (wrong, before)):
        change = changes_since(to_json(document), now)["simd"]
        assert change.layers == (0, 0, None, 0, 0, 0, 0, 0, 0, 0)
        assert (change.between, change.total) == (None, None)
        assert not change.nothing


def test_a_set_that_was_not_measured_before_has_no_change(before):
    document = to_json(replace(before, runs=before.runs[:1]))
    assert list(changes_since(document, before)) == ["scalar"]


def test_another_model_has_no_changes(before):
    document = to_json(before)
    document["model"]["sha256"] = "0" * 64
    assert changes_since(document, before) == {}


def test_a_comparison_of_before_the_sum_of_layers_was_told_has_no_change_between(before):
    document = to_json(before)
    for run in document["runs"]:
        del run["layer_cycles"]
    changes = changes_since(document, before)
    assert {change.between for change in changes.values()} == {None}
    assert {change.total for change in changes.values()} == {0}


def test_what_compare_writes_is_read(before, tmp_path: Path):
    file = tmp_path / "before.json"
    write_json(before, file)
    assert read_earlier(file) == to_json(before)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "cannot be read: no JSON"),
        (json.dumps({"schema": "dwpw.gains/1"}), "not written by dwpw compare --json"),
        ("[]", "not written by dwpw compare --json"),
        (json.dumps({"schema": "dwpw.compare/1"}), "not written by dwpw compare --json"),
        (
            json.dumps({"schema": "dwpw.compare/1", "model": {"sha256": ""}, "runs": [{}]}),
            "not written by dwpw compare --json",
        ),
    ],
)
def test_another_file_is_refused_with_its_name(text: str, reason: str, tmp_path: Path):
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(UserError) as refusal:
        read_earlier(file)
    assert str(refusal.value) == f"{file}: {reason}"


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match=r"none\.json: cannot be read: No such file"):
        read_earlier(tmp_path / "none.json")
