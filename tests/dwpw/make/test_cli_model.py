"""`dwpw model make` and `dwpw model show` from the outside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.make import calibrate, find_network, tflite_file
from dwpw.make.options import Order
from dwpw.model import read_model
from dwpw.model.read import read_raw
from dwpw.plan.planner import plan
from dwpw.survey import survey, survey_raw
from dwpw.target.registry import DEFAULT_TARGET, TARGETS
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Quantisation, Softmax

TARGET = TARGETS[DEFAULT_TARGET]


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_make_writes_a_model_that_dwpw_reads_and_says_how_lively_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    small = ("--alpha", 0.25, "--resolution", 64, "--classes", 10)
    result = call("model", "make", "mobilenet_v1", "-o", path, *small)
    assert result.exit_code == 0
    assert "mobilenet_v1 0.25, 64x64x3, 10 classes; random weights" in result.stdout
    assert "clamped outputs: 0.0" in result.stdout
    graph = read_model(path)
    assert f"{graph.macs:,} MACs, {graph.parameters:,} parameters" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("alexnet",), "unknown network 'alexnet' (known: mobilenet_v1, "),
        (("mobilenet_v1", "--alpha", 0), "mobilenet_v1: --alpha 0 must be above 0"),
        (("mobilenet_v1", "--alpha", "nan"), "mobilenet_v1: --alpha nan must be above 0"),
        (("mobilenet_v1", "--alpha", -1), "mobilenet_v1: --alpha -1 must be above 0"),
        (("mobilenet_v2", "--resolution", 16), "--resolution 16 must be 32 to 512"),
        (("vgg16", "--resolution", 100), "vgg16: --resolution 100 must be a multiple of 32"),
        (("ds_cnn", "--resolution", 96), "ds_cnn: has an input of a fixed size"),
        (("resnet8", "--alpha", 0.5), "resnet8: has no width multiplier: leave out --alpha"),
        (("resnet8", "--classes", 1), "resnet8: --classes 1 must be 2 to 65536"),
        (("vgg16", "--minimalistic"), "vgg16: has no minimalistic variant"),
    ],
)
def test_make_refuses_in_one_line(arguments: tuple, message: str, tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    result = call("model", "make", *arguments, "-o", path)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not path.exists()


def test_make_refuses_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "no folder" / "m.tflite"
    result = call("model", "make", "ds_cnn", "-o", path)
    assert result.exit_code == 2
    assert result.stderr == f"error: {path}: cannot be written: No such file or directory\n"


def test_show_lists_every_operator_with_its_kernels(model_path: Path, tmp_path: Path) -> None:
    json_path = tmp_path / "m.json"
    result = call("model", "show", model_path, "--json", json_path)
    assert result.exit_code == 0
    assert "All 10 operators run on target simd-16." in result.stdout
    document = json.loads(json_path.read_text())
    graph = read_model(model_path)
    assert document["schema"] == "dwpw.model/1"
    assert document["model"]["macs"] == graph.macs
    assert document["model"]["parameters"] == graph.parameters
    for one in TARGET.kernel_sets:
        steps = plan(graph, TARGET, one).steps
        planned = {p.operator.index: step.kernel for step in steps for p in step.operators}
        assert {o["index"]: o["kernels"][one.name] for o in document["operators"]} == planned


def test_show_lists_what_does_not_run_and_ends_with_0(tmp_path: Path) -> None:
    path = tmp_path / "v3.tflite"
    order = Order(alpha=0.35, resolution=32, classes=10)
    blueprint = find_network("mobilenet_v3_small").blueprint(order)
    path.write_bytes(tflite_file(calibrate(blueprint, 0)))
    found = survey(path, TARGET)
    assert found.macs == blueprint.macs
    assert found.parameters == blueprint.parameters
    assert [one.kind for one in found.operators] == [node.kind for node in blueprint.nodes]
    result = call("model", "show", path)
    assert result.exit_code == 0
    for one in found.unsupported:
        assert f"{one.kind}: {one.problem} (operator " in result.stdout


def test_show_gives_the_reason_of_a_refused_operator(tmp_path: Path) -> None:
    content = build_model((1, 8), Quantisation(0.1, 300), [Softmax()])
    path = tmp_path / "odd.tflite"
    path.write_bytes(content)
    result = call("model", "show", path)
    assert result.exit_code == 0
    assert "SOFTMAX: input 'input' has the impossible zero point 300 (operator 0)" in result.stdout


def test_show_survives_a_model_whose_input_does_not_exist(model_path: Path, tmp_path: Path) -> None:
    raw = read_raw(model_path)
    odd = replace(raw, inputs=(99,), operators=(replace(raw.operators[1], inputs=(99, 98, -1)),))
    found = survey_raw(model_path, odd, TARGET)
    assert found.inputs == ()
    assert found.operators[0].macs == 0
    assert "names a tensor 99 that the file does not have" in found.operators[0].problem


def test_the_peak_counts_what_must_be_kept_for_a_later_operator(model_path: Path) -> None:
    found = survey(model_path, TARGET)
    add = next(one for one in found.operators if one.kind == "ADD")
    # Both operands and the sum: 4x4x4 each.
    assert add.live_bytes == 3 * 64
    assert found.peak_bytes == max(one.live_bytes for one in found.operators)


def test_show_refuses_what_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "no.tflite"
    path.write_text("no model")
    result = call("model", "show", path)
    assert result.exit_code == 2
    assert "is not a TFLite model" in result.stderr
