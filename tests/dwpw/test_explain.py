"""`dwpw explain` on the simulated SoC: a small MobileNet, nothing replaced."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.inputs import random_tensors
from dwpw.jobs import SimulatorRunner, make_job
from dwpw.kernels.work_simd import words_inside
from dwpw.machine import build_machine
from dwpw.model import Graph, read_model
from dwpw.plan.planner import PlannedOperator, plan
from tests.support.targets import SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import (
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Layer,
    Mean,
    Quantisation,
)

INPUT = Quantisation(1 / 255, -128)
INNER = Quantisation(0.05, 3)


def small_mobilenet() -> list[Layer]:
    """A stem, depthwise of both strides, pointwise with whole and with odd channels, a head."""
    rng = np.random.default_rng(2)

    def constants(*shape: int, channels: int) -> dict[str, object]:
        return {
            "output": INNER,
            "weights": rng.integers(-127, 128, shape, dtype=np.int8),
            "weight_scale": 0.01,
            "bias": rng.integers(-500, 500, channels, dtype=np.int32),
        }

    return [
        Conv2D(stride=(2, 2), **constants(8, 3, 3, 3, channels=8)),
        DepthwiseConv2D(**constants(1, 3, 3, 8, channels=8)),
        Conv2D(**constants(36, 1, 1, 8, channels=36)),
        DepthwiseConv2D(stride=(2, 2), **constants(1, 3, 3, 36, channels=36)),
        Conv2D(**constants(10, 1, 1, 36, channels=10)),
        Conv2D(**constants(16, 3, 3, 10, channels=16)),
        Mean(output=INNER),
        FullyConnected(**constants(5, 16, channels=5)),
    ]


@pytest.fixture
def mobilenet(tmp_path: Path) -> Path:
    path = tmp_path / "small.tflite"
    path.write_bytes(build_model((1, 16, 16, 3), INPUT, small_mobilenet()))
    return path


def words_passed_alone(planned: PlannedOperator, pairs: bool) -> int:
    """Instructions that `conv_rows` needs more than its bound, because it passes words alone.

    Its loops for the stems of MobileNets (`pairs`) do that at the borders only; others also where
    an odd row of words ends.
    """
    op, (tile, row_words) = planned.lowered, (planned.constants.param[place] for place in range(2))
    words = op.kernel[0] * row_words
    inner = 0 if pairs else op.kernel[0] * -(-row_words // 2) - -(-words // 2)
    row = sum(
        inner if inside == row_words else words // 2 for inside in words_inside(op, row_words)
    )
    tiles = -(-op.output_shape[2] // tile)
    return row * op.output_shape[0] * tiles


def explained(model: Path, kernels: str, folder: Path) -> dict:
    path = folder / f"{kernels}.json"
    result = CliRunner().invoke(
        cli, ["explain", str(model), "--kernels", kernels, "--json", str(path)]
    )
    assert result.exit_code == 0, result.output
    return json.loads(path.read_text())


def test_the_bounds_count_what_the_kernels_do(mobilenet: Path, tmp_path: Path) -> None:
    data = explained(mobilenet, "simd", tmp_path)
    planned = plan(read_model(mobilenet), TARGET, SIMD).operators
    kernels = [layer["kernel"] for layer in data["layers"]]
    assert kernels[:6] == [
        "simd/conv_rows", "simd/depthwise_3x3", "simd/conv_pointwise", "simd/depthwise_3x3",
        "simd/conv_pointwise", "simd/conv_rows",
    ]  # fmt: skip
    for layer, one in zip(data["layers"], planned, strict=True):
        if layer["work"] is None:
            assert layer["counters"]["custom"] == 0
            continue
        more = 0
        if layer["kernel"] == "simd/conv_rows":
            more = words_passed_alone(one, pairs=layer["index"] == 0)
        assert layer["counters"]["custom"] == layer["work"]["port"] + more
        for resource in ("array", "requantiser"):
            assert layer["counters"][f"simd_{resource}"] == layer["work"][resource]
        assert layer["bound"] < layer["cycles"]
        assert layer["work"]["loads"] < layer["instructions"]
        assert layer["work"]["stores"] <= layer["counters"]["stores"]


def test_the_bounds_count_windows_that_pass_tap_by_tap(tmp_path: Path) -> None:
    def constants(*shape: int, channels: int) -> dict[str, object]:
        rng = np.random.default_rng(shape)
        return {
            "output": INNER,
            "weights": rng.integers(-127, 128, shape, dtype=np.int8),
            "weight_scale": 0.01,
            "bias": np.zeros(channels, np.int32),
        }

    layers = [
        Conv2D(**constants(9, 3, 3, 4, channels=9)),
        Conv2D(**constants(12, 1, 1, 9, channels=12)),
        Conv2D(stride=(2, 2), **constants(36, 5, 5, 12, channels=36)),
        DepthwiseConv2D(**constants(1, 5, 5, 36, channels=36)),
        DepthwiseConv2D(padding="VALID", **constants(1, 4, 1, 36, channels=36)),
        DepthwiseConv2D(**constants(1, 1, 5, 36, channels=36)),
        DepthwiseConv2D(depth_multiplier=2, **constants(1, 3, 3, 72, channels=72)),
        DepthwiseConv2D(stride=(2, 2), **constants(1, 7, 7, 72, channels=72)),
    ]
    path = tmp_path / "windows.tflite"
    path.write_bytes(build_model((1, 12, 11, 4), INPUT, layers))
    data = explained(path, "simd", tmp_path)
    places = {"simd/conv_patches": 2, "simd/depthwise_window": 5}
    for layer in data["layers"]:
        if layer["kernel"] in places:
            places[layer["kernel"]] -= 1
            assert layer["counters"]["custom"] == layer["work"]["port"]
            for resource in ("array", "requantiser"):
                assert layer["counters"][f"simd_{resource}"] == layer["work"][resource]
            assert layer["bound"] < layer["cycles"]
    assert set(places.values()) == {0}


def test_the_accounts_explain_all_but_a_few_cycles(mobilenet: Path, tmp_path: Path) -> None:
    total = explained(mobilenet, "scalar", tmp_path)
    assert total["layers"][0]["bound"] is None
    lost = sum(total["total"]["lost"].values())
    assert total["instructions"] + lost == pytest.approx(total["cycles"], rel=0.05)


def test_performance_counters_change_no_cycle(graph: Graph) -> None:
    job = make_job(plan(graph, TARGET, SIMD), random_tensors(graph))
    plain, counted = (
        build_machine(TARGET, lambda _: None, counters=counters) for counters in (False, True)
    )
    assert plain.firmware.read_bytes() == counted.firmware.read_bytes()
    without, with_counters = (SimulatorRunner(machine).run(job) for machine in (plain, counted))
    assert [layer.cycles for layer in without.layers] == [
        layer.cycles for layer in with_counters.layers
    ]
    assert without.instructions == with_counters.instructions
    assert not any(layer.counters for layer in without.layers)
    assert all(layer.counters["fetches"] > 0 for layer in with_counters.layers)
