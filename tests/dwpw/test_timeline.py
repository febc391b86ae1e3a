"""Trace events: nested, inside their steps, and their totals those of the run log."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from dwpw.ledger import ACCOUNTS
from dwpw.model import Graph
from dwpw.report.timeline import Track, timeline, timeline_of
from tests.dwpw.html.conftest import make_report

Events = list[dict[str, Any]]


@pytest.fixture
def document(graph: Graph) -> dict[str, Any]:
    """As a program reads it from the file."""
    return json.loads(json.dumps(timeline_of(make_report(graph).ledgers)))


def of(document: dict[str, Any], process: int, category: str) -> Events:
    return [
        event
        for event in document["traceEvents"]
        if event.get("cat") == category and event["pid"] == process
    ]


def test_steps_follow_each_other_and_add_up_to_the_run(
    graph: Graph, document: dict[str, Any]
) -> None:
    for process, run in enumerate(make_report(graph).comparison.runs, 1):
        steps = of(document, process, "step")
        assert [step["dur"] for step in steps] == [layer.cycles for layer in run.layers]
        assert all(a["ts"] + a["dur"] == b["ts"] for a, b in pairwise(steps))
        assert steps[-1]["ts"] + steps[-1]["dur"] == run.layer_cycles


def test_every_step_has_its_kernel_inside(graph: Graph, document: dict[str, Any]) -> None:
    for process, run in enumerate(make_report(graph).comparison.runs, 1):
        steps, kernels = of(document, process, "step"), of(document, process, "kernel")
        assert [kernel["name"] for kernel in kernels] == [layer.kernels[0] for layer in run.layers]
        assert [(one["ts"], one["dur"], one["tid"]) for one in kernels] == [
            (one["ts"], one["dur"], one["tid"]) for one in steps
        ]


def test_waits_fill_their_step_and_are_those_of_the_ledger(
    graph: Graph, document: dict[str, Any]
) -> None:
    gaps = {gap for names in ACCOUNTS.values() for gap in names}
    for process, ledger in enumerate(make_report(graph).ledgers, 1):
        for step, layer in zip(of(document, process, "step"), ledger.layers, strict=True):
            end = step["ts"] + step["dur"]
            inside = [
                one
                for one in of(document, process, "cycles")
                if step["ts"] <= one["ts"] and one["ts"] + one["dur"] <= end
            ]
            assert sum(one["dur"] for one in inside) == step["dur"]
            counted = {one["name"]: one["args"]["cycles"] for one in inside}
            assert {name: counted[name] for name in gaps} == {
                name: layer.counters[name] for name in gaps
            }


def test_engines_of_a_unit_are_as_long_as_they_were_busy(
    graph: Graph, document: dict[str, Any]
) -> None:
    (ledger,) = make_report(graph).ledgers[-1:]
    engines = of(document, 3, "engine")
    for event in ledger.events:
        busy = [one["dur"] for one in engines if one["name"] == event.name]
        assert sum(busy) == sum(layer.counters[event.name] for layer in ledger.layers)


def test_slices_of_a_row_lie_inside_each_other_or_side_by_side(document: dict[str, Any]) -> None:
    slices = [event for event in document["traceEvents"] if event["ph"] == "X"]
    rows = {(one["pid"], one["tid"]) for one in slices}
    for row in rows:
        open_ends: list[int] = []
        own = [one for one in slices if (one["pid"], one["tid"]) == row]
        for one in sorted(own, key=lambda event: (event["ts"], -event["dur"])):
            while open_ends and open_ends[-1] <= one["ts"]:
                open_ends.pop()
            end = one["ts"] + one["dur"]
            assert not open_ends or end <= open_ends[-1]
            open_ends.append(end)


def test_a_run_without_counters_has_its_steps_only(graph: Graph) -> None:
    run = make_report(graph).comparison.runs[0]
    document = timeline([Track(run.kernels, run.layers)], 60_000_000)
    assert {event.get("cat") for event in document["traceEvents"]} == {None, "step", "kernel"}
    assert document["otherData"] == {"unit": "1 us is 1 cycle", "clock_hz": 60_000_000}
