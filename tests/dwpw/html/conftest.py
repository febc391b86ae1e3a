"""A report of fake runs of every kernel set, and its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.ledger import make_ledger
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.report.html.content import Report
from dwpw.report.html.page import page_text
from tests.dwpw.fake_run import comparison, run_log
from tests.support.targets import KERNEL_SETS, TARGET

COST = {
    "schema": "dwpw.area/1",
    "extension": {"name": "simd", "groups": 4},
    "device": "LFE5U-25F-6",
    "tools": {"yosys": "1"},
    "lut": 1234,
    "ff": 2345,
    "bram": 3,
    "dsp": 20,
    "fmax_mhz": 81.5,
}


def make_report(graph: Graph, wrong: dict[str, int] | None = None) -> Report:
    """Of all kernel sets; `wrong` names a step that differs, by the set's name."""
    golden = golden_layers(graph, random_tensors(graph))
    compared = comparison(graph, golden, KERNEL_SETS, wrong)
    plans = [plan(graph, TARGET, one) for one in KERNEL_SETS]
    ledgers = tuple(
        make_ledger(replace(compared, runs=(run,)), planned, run_log(planned, golden))
        for run, planned in zip(compared.runs, plans, strict=True)
    )
    return Report(compared, ledgers, COST, "dwpw report 'a model.tflite'", {"dwpw": "0.1"})


@pytest.fixture
def report(graph: Graph) -> Report:
    return make_report(graph)


@pytest.fixture
def page(report: Report, tmp_path: Path) -> Path:
    """The page in a file."""
    path = tmp_path / "report.html"
    path.write_text(page_text(report), encoding="utf-8")
    return path
