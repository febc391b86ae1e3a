"""The limits of a target, and where a layer stands below them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dwpw.comparison import Comparison
from dwpw.console.prepare import soc_info
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.report.html.rows import roof_rows
from dwpw.roofline import limits_of, points_of
from dwpw.target.target import Target
from tests.dwpw.fake_run import comparison
from tests.support.targets import REFERENCE, SIMD, TARGET


@pytest.fixture
def compared(graph: Graph) -> Comparison:
    return comparison(graph, golden_layers(graph, random_tensors(graph)), [REFERENCE, SIMD])


def test_the_roofs_are_the_cpu_and_the_multipliers_of_the_units() -> None:
    limits = limits_of(soc_info(TARGET))
    assert [roof.macs_per_cycle for roof in limits.roofs] == [1, 16]
    assert limits.bytes_per_cycle == 2


def test_a_target_without_units_has_the_roof_of_its_cpu_alone() -> None:
    plain = Target("plain", ())
    assert [roof.macs_per_cycle for roof in limits_of(soc_info(plain)).roofs] == [1]


@pytest.mark.parametrize(("memory", "most"), [("ideal", 4), ("DDR3 of a board", None)])
def test_the_slope_is_that_of_the_memory_where_it_is_known(memory: str, most: int | None) -> None:
    assert limits_of(soc_info(TARGET, memory)).bytes_per_cycle == most


def test_a_point_has_the_macs_of_its_layer_over_its_bytes_and_cycles(compared: Comparison) -> None:
    point = next(one for one in points_of(compared) if "DEPTHWISE" in one.layer.operators[0].kind)
    graph = compared.graph
    operator = next(one for one in graph.operators if one.index == point.layer.index)
    elements = [graph.tensors[one].elements for one in (operator.input, operator.output)]
    channels = graph.tensors[operator.bias].elements
    assert point.bytes == sum(elements) + graph.tensors[operator.weights].elements + 4 * channels
    assert point.intensity == operator.macs / point.bytes
    assert point.speed == operator.macs / point.layer.cycles


def test_a_roof_rises_with_the_memory_and_then_is_flat(compared: Comparison) -> None:
    rows = [row for row in roof_rows(compared) if row["roof"].startswith("simd")]
    assert [row["speed"] for row in rows][-1] == 16
    assert rows[0]["speed"] == 2 * rows[0]["intensity"]
    board = replace(compared, soc=replace(compared.soc, memory="a board's"))
    flat = [row for row in roof_rows(board) if row["roof"].startswith("simd")]
    assert [row["speed"] for row in flat] == [16, 16]


def test_layers_that_multiply_nothing_or_differ_are_no_points(graph: Graph) -> None:
    golden = golden_layers(graph, random_tensors(graph))
    exact = points_of(comparison(graph, golden, [SIMD]))
    assert {point.layer.macs > 0 for point in exact} == {True}
    spoilt = exact[0].layer.index
    steps = [layer.index for layer in comparison(graph, golden, [SIMD]).runs[0].layers]
    wrong = points_of(comparison(graph, golden, [SIMD], {"simd": steps.index(spoilt)}))
    assert len(wrong) == len(exact) - 1
