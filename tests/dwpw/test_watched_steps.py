"""Engines of a unit, watched on the simulated SoC, in every report of their steps."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.stream.replay import ARRAY, MEMORY
from tests.support.kernel_images import OUTPUT, SOURCE, conv, depthwise
from tests.support.stream_soc import GEOMETRY, NAME
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Pad

SHAPE = (1, 8, 8, 16)
DRAIN = 60
"""Cycles of a command besides its steps and parameters, or more."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """`dwpw explain` of two steps with another kernel between them: JSON, timeline, text."""
    folder = tmp_path_factory.mktemp("watched")
    (_, first), (_, second) = depthwise(SHAPE, 3), conv(SHAPE, 1, 16)
    pad = Pad(paddings=((0, 0), (1, 1), (1, 1), (0, 0)), output=OUTPUT)
    model = folder / "model.tflite"
    model.write_bytes(build_model(SHAPE, SOURCE, [*first, *second, pad, *second]))
    paths = {name: folder / name for name in ("json", "timeline")}
    command = ["explain", str(model), "--target", NAME, "--kernels", "stream"]
    options = [text for name, path in paths.items() for text in (f"--{name}", str(path))]
    result = CliRunner().invoke(cli, [*command, *options], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return {
        "text": result.output,
        **{name: json.loads(path.read_text()) for name, path in paths.items()},
    }


def operators(reports: dict) -> list[dict]:
    """Those that the unit has done."""
    return [one for one in reports["json"]["layers"] if one["kernel"] == "stream/program"]


def test_every_operator_of_a_step_has_the_cycles_of_both_engines(reports: dict) -> None:
    assert [one["index"] for one in operators(reports)] == [0, 1, 3]
    assert [one["step"] for one in operators(reports)] == [0, 0, 2]
    for one in operators(reports):
        assert [*one["engines"]] == [ARRAY, MEMORY]
        assert all(engine["busy"] > 0 for engine in one["engines"].values())


def test_the_array_takes_a_steps_cycle_for_each_and_little_besides(reports: dict) -> None:
    pixels, groups = 64, 2
    steps = {0: 3, 1: 4, 3: 4}  # of a result: 3 rows of 3 taps; 16 channels, 4 at a time
    for one in operators(reports):
        results = {3: 100}.get(one["index"], pixels) * groups
        least = results * steps[one["index"]] + groups * GEOMETRY.parameter_entries
        array = one["engines"][ARRAY]
        assert least < array["busy"] < least + DRAIN * array["commands"]
        assert one["macs_per_cycle"] == round(one["macs"] / array["busy"], 3)


def test_engines_are_busy_or_wait_inside_their_step(reports: dict) -> None:
    layers = reports["json"]["layers"]
    for step in (0, 2):
        own = [one for one in layers if one["step"] == step]
        for engine in (ARRAY, MEMORY):
            spent = [one["engines"][engine] for one in own]
            assert sum(one["busy"] + one["waiting"] for one in spent) < own[-1]["cycles"]
        counters = own[-1]["counters"]
        busy = sum(one["engines"][ARRAY]["busy"] for one in own)
        assert busy <= counters[ARRAY] <= busy + DRAIN
        assert 0 < counters[MEMORY] < counters[ARRAY]


def test_the_timeline_has_a_track_with_the_commands_of_each_engine(reports: dict) -> None:
    events = reports["timeline"]["traceEvents"]
    rows = {one["args"]["name"]: one["tid"] for one in events if one["name"] == "thread_name"}
    steps = [one for one in events if one.get("cat") == "step"]
    for engine, word in ((ARRAY, "depthwise 0 dw 3x3"), (MEMORY, "load 0 dw 3x3")):
        row = rows[f"{engine}, busy"]
        commands = [one for one in events if one.get("tid") == row and one["ph"] == "X"]
        assert word in {one["name"] for one in commands}
        assert all(a["ts"] + a["dur"] <= b["ts"] for a, b in pairwise(commands))
        for one in commands:
            assert any(
                step["ts"] <= one["ts"] and one["ts"] + one["dur"] <= step["ts"] + step["dur"]
                for step in steps
            )


def test_the_table_and_the_causes_speak_of_the_engines(reports: dict) -> None:
    text = reports["text"]
    assert f"{ARRAY}  MAC/cyc  waits" in text
    assert f"{ARRAY} waits for {MEMORY}: " in text
    assert "behind a load, store or branch" not in text.split("Where the cycles")[1]
