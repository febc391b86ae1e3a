"""Which step `--trace-layer` traces."""

from __future__ import annotations

from pathlib import Path

import pytest

from dwpw.console.tracing import of_layer, parse_trace, step_of
from dwpw.errors import UserError
from dwpw.model import Graph
from dwpw.plan.planner import Plan, plan
from tests.support.targets import SIMD, TARGET


@pytest.fixture
def planned(graph: Graph) -> Plan:
    return plan(graph, TARGET, SIMD)


def test_a_layer_is_found_by_the_number_and_the_name_of_its_operator(planned: Plan) -> None:
    for step, one in enumerate(planned.steps):
        for each in one.operators:
            assert step_of(planned, str(each.operator.index)) == step
            assert step_of(planned, each.operator.name) == step


def test_a_layer_that_does_not_run_is_refused_with_those_that_do(planned: Plan) -> None:
    with pytest.raises(UserError, match="runs no such operator: give a number from 0 to 9"):
        step_of(planned, "nobody")


def test_the_waves_of_a_layer_are_those_of_its_step(planned: Plan, tmp_path: Path) -> None:
    trace = parse_trace(tmp_path / "t.fst", None, "2")
    assert of_layer(trace, planned, "2").layer == step_of(planned, "2")
    assert of_layer(trace, planned, None).layer is None


def test_files_beside_the_waves_must_be_writable_too(tmp_path: Path) -> None:
    (tmp_path / "t.gtkw").mkdir()
    with pytest.raises(UserError, match=r"t\.gtkw: cannot be written: Is a directory"):
        parse_trace(tmp_path / "t.fst", None)
    assert list(tmp_path.iterdir()) == [tmp_path / "t.gtkw"]
