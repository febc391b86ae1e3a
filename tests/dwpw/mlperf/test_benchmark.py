"""Which of the benchmark's models one is, and what is refused before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.mlperf.benchmark import InputKind, settings_of
from dwpw.model import read_model
from dwpw.plan.planner import plan
from tests.support.every_operator import INPUT, INPUT_SHAPE, every_operator
from tests.support.mlperf_device import autoencoder, tiny_model
from tests.support.targets import KERNEL_SETS, SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Mean, Quantisation
from tests.support.two_inputs import two_inputs

STEP = Quantisation(0.5, 1)


def refused(*arguments: object) -> str:
    """The only line of a command that ends with status 2."""
    result = CliRunner().invoke(cli, ["mlperf", *map(str, arguments)])
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    return line.removeprefix("error: ")


@pytest.mark.parametrize(
    ("made", "model_id", "kind", "input_bytes"),
    [
        ("mobilenet_v1 --alpha 0.25 --resolution 96 --classes 2", "vww01", "PIXELS", 27_648),
        ("resnet8", "ic01", "PIXELS", 3_072),
        ("ds_cnn", "kws01", "FEATURES", 490),
    ],
)
def test_networks_of_the_benchmark_are_known_by_their_shapes(
    tmp_path: Path, made: str, model_id: str, kind: str, input_bytes: int
) -> None:
    path = tmp_path / "model.tflite"
    result = CliRunner().invoke(cli, ["model", "make", *made.split(), "-o", str(path)])
    assert result.exit_code == 0, result.output
    settings = settings_of(read_model(path), SIMD, None)
    assert (settings.model_id, settings.kind) == (model_id, InputKind[kind])
    assert settings.input_bytes == input_bytes


def test_autoencoder_takes_reals_and_answers_with_its_error(tmp_path: Path) -> None:
    graph = read_model(autoencoder(tmp_path / "reals.tflite"))
    settings = settings_of(graph, SIMD, "ad01")
    assert settings.mean_error
    assert settings.input_bytes == 48


def test_other_model_needs_a_name(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "tiny.tflite")
    assert refused(path, "--pty") == (
        f"{path}: takes 60 values and gives 5, as none of the benchmark's models (vww01, ic01,"
        " kws01, ad01): say with --model-id as which one it shall answer"
    )


def test_name_that_no_answer_could_hold_is_refused(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "tiny.tflite")
    assert refused(path, "--pty", "--model-id", "my model]") == (
        "--model-id my model]: is no name of at most 31 letters, digits, '.', '_' or '-'"
    )


def test_input_larger_than_the_buffer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.tflite"
    path.write_bytes(build_model((1, 225, 224, 3), STEP, [Mean(output=STEP)]))
    assert refused(path, "--pty", "--model-id", "vww01") == (
        f"{path}: its input takes 151,200 bytes, and the benchmark's firmware has a buffer of"
        " 150,528: use a model with a smaller input"
    )


def test_model_that_reproduces_no_input_is_no_ad01(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "tiny.tflite")
    assert refused(path, "--pty", "--model-id", "ad01") == (
        f"{path}: gives 5 values for 60, and ad01 compares each output with its input: use another"
        " --model-id"
    )


def test_two_inputs_have_no_place_in_the_protocol(tmp_path: Path) -> None:
    path = tmp_path / "two.tflite"
    path.write_bytes(two_inputs())
    assert refused(path, "--pty").startswith(f"{path}: has 2 inputs and 1 outputs, and the bench")


@pytest.mark.parametrize("options", [[], ["--on", "/dev/pts/0", "--pty"]])
def test_one_place_has_to_be_named(tmp_path: Path, options: list[str]) -> None:
    path = tiny_model(tmp_path / "tiny.tflite")
    assert refused(path, *options) == "give one of --on PORT, --board NAME and --pty"


@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
def test_kept_input_shares_no_byte_with_any_other_tensor(tmp_path: Path, kernel_set) -> None:
    path = tmp_path / "every.tflite"
    path.write_bytes(build_model(INPUT_SHAPE, INPUT, every_operator()))
    kept = plan(read_model(path), TARGET, kernel_set, keep_inputs=True)
    (own,) = kept.inputs
    others = [one for planned in kept.operators for one in (planned.output, planned.scratch)]
    for other in others:
        apart = other.offset >= own.offset + own.size or other.offset + other.size <= own.offset
        assert apart or other.size == 0
