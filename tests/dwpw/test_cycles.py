"""Cycles of the shipped model on the simulated SoC: they are deterministic, and may only fall.

Shapes are those of MLPerf Tiny's visual-wake-words model, but for one input channel and the head.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dwpw.cli import cli

MODEL = "models/fashion_mobilenet_v1_025_96.tflite"
INPUT = "models/inputs/03_dress_0013.png"
CYCLES = 1_382_000
"""SDRAM, simd, the whole inference: 1,374,485 when this was written."""


@pytest.fixture(scope="module")
def run(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The simd run of `dwpw compare --json`."""
    path = tmp_path_factory.mktemp("cycles") / "compare.json"
    command = ["compare", str(repository / MODEL), "--input", str(repository / INPUT)]
    result = CliRunner().invoke(cli, [*command, "--kernels", "simd", "--json", str(path)])
    assert result.exit_code == 0, result.output
    return json.loads(path.read_text())["runs"][0]


def test_the_model_takes_no_more_cycles_than_it_did(run: dict) -> None:
    assert run["exact"]
    assert run["cycles"] <= CYCLES


def macs_per_cycle(run: dict, operator: str) -> dict[int, float]:
    """By layer index; the operator as the report names it."""
    return {
        layer["index"]: layer["macs"] / layer["cycles"]
        for layer in run["layers"]
        if layer["kernel"] == operator
    }


def test_pointwise_layers_reach_two_macs_per_cycle(run: dict) -> None:
    rates = macs_per_cycle(run, "simd/conv_pointwise")
    assert len(rates) == 14  # 13 and the fully connected one
    del rates[28]
    assert min(rates.values()) >= 2.0


def test_depthwise_layers_of_stride_1_reach_0_8_macs_per_cycle(run: dict) -> None:
    rates = macs_per_cycle(run, "simd/depthwise_3x3")
    assert len(rates) == 13
    with_stride_2 = {3, 7, 11, 23}
    assert min(rate for index, rate in rates.items() if index not in with_stride_2) >= 0.8
