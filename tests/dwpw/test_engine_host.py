"""`--engine host`: real runs on this computer, what they say, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dwpw import golden
from dwpw.cli import cli
from dwpw.golden import GoldenLayer
from dwpw.jobs import make_host_job, make_job
from dwpw.model import Graph
from dwpw.plan.planner import plan
from soc import memory_map, toolchain
from tests.support.targets import REFERENCE, TARGET

SIMULATED = "which simulates no SoC and counts no cycles"


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def wrong_layer(monkeypatch: pytest.MonkeyPatch) -> int:
    """Operator 3's golden tensor differs in one element from what a device computes."""
    right = golden.golden_layers

    def golden_layers(graph: Graph, *given: np.ndarray | None) -> Sequence[GoldenLayer]:
        layers = list(right(graph, *given))
        spoilt = layers[3].tensor.copy()
        spoilt.flat[5] ^= 1
        layers[3] = replace(layers[3], tensor=spoilt, crc=layers[3].crc ^ 1)
        return layers

    monkeypatch.setattr(golden, "golden_layers", golden_layers)
    return 3


def test_compare_shows_every_layer_of_every_set_and_no_cycles(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    result = call("compare", model_path, "--engine", "host")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert {
        "engine host: exactness only, no cycles",
        "target simd-16",
        "# operator output MACs reference scalar simd exact",
        "1 conv 3x3/2 4x4x4 2,304 reference/conv scalar/conv simd/conv_patches yes",
        "9 softmax 5 - reference/softmax reference/softmax reference/softmax yes",
        "All 30 tensors are bit-exact with the golden layers.",
    } <= set(lines)
    for word in ("cycles ", "MHz", "speed-up", "MAC/cyc", "sdram"):
        assert word not in result.stdout


def test_kernels_have_short_names_in_80_columns(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = call("compare", model_path, "--engine", "host")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "1 conv 3x3/2 4x4x4 2,304 conv conv patch yes" in lines
    assert "9 softmax 5 - softmax r:softmax r:softmax yes" in lines


def test_compare_without_layers_shows_the_verdict_only(model_path: Path) -> None:
    result = call("compare", model_path, "--engine", "host", "--no-layers", "--kernels", "simd")
    assert "conv 3x3" not in result.stdout
    assert "All 10 tensors are bit-exact with the golden layers." in result.stdout


def test_compare_ends_with_1_and_names_the_sets_that_differ(
    model_path: Path, wrong_layer: int
) -> None:
    result = call("compare", model_path, "--engine", "host", "--kernels", "reference,simd")
    assert result.exit_code == 1
    assert "NO: reference, simd" in result.stdout
    for name in ("reference", "simd"):
        assert f"DIFFERS: {name}: 1 of 10 layers differ, the first is operator 3" in result.stdout


def test_the_json_says_which_engine_and_has_no_counts(model_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    assert call("compare", model_path, "--engine", "host", "--json", path).exit_code == 0
    data = json.loads(path.read_text())
    assert (data["schema"], data["engine"]) == ("dwpw.compare/1", "host")
    assert [run["kernels"] for run in data["runs"]] == ["reference", "scalar", "simd"]
    for run in data["runs"]:
        assert run["exact"]
        assert len(run["output"]) == 5
        counts = [run["cycles"], run["layer_cycles"], run["instructions"]]
        counts += [layer[name] for layer in run["layers"] for name in ("cycles", "instructions")]
        assert set(counts) == {None}
        assert all(layer["exact"] for layer in run["layers"])


def test_sim_prints_layers_without_cycles_and_the_classes(model_path: Path) -> None:
    model_path.with_suffix(".labels.txt").write_text("ant\nbee\ncat\ndog\nemu\n")
    result = call("sim", model_path, "--engine", "host")
    assert result.exit_code == 0, result.output
    assert "engine host: exactness only, no cycles" in result.stdout
    assert "kernels: simd, target simd-16" in result.stdout
    assert "  2  dw 3x3        4x4x4       simd/depthwise_3x3         exact\n" in result.stdout
    assert "\nall 10 tensors are bit-exact\n" in result.stdout
    assert {"ant", "bee", "cat", "dog", "emu"} <= set(result.stdout.split())


def test_sim_with_check_finds_the_element(model_path: Path, wrong_layer: int) -> None:
    result = call("sim", model_path, "--engine", "host", "--check", "--kernels", "scalar")
    assert result.exit_code == 1
    assert "layers DIFFERS: tensors differ from the golden layers (see --check)" in result.stdout
    assert "operator 3" in result.stdout
    assert "(1 of 64 elements differ)" in result.stdout


def test_sim_with_check_of_an_exact_model_ends_with_0(model_path: Path) -> None:
    result = call("sim", model_path, "--engine", "host", "--check")
    assert result.exit_code == 0, result.output
    assert "first wrong element" not in result.stdout


def test_a_target_of_another_package_brings_its_kernels(model_path: Path) -> None:
    other = ("--target", "tests.fused.target:FUSED", "--kernels", "simd,fused")
    result = call("compare", model_path, "--engine", "host", *other)
    assert result.exit_code == 0, result.output
    assert "target tests.fused" not in result.stdout
    assert "fused fell back to:" in result.stdout


@pytest.mark.parametrize(
    ("command", "options", "named"),
    [
        ("compare", ("--on", "/dev/null"), "--on"),
        ("compare", ("--board", "ulx3s"), "--board"),
        ("compare", ("--baud", "9600"), "--baud"),
        ("compare", ("--since", "c.json"), "--since"),
        ("compare", ("--watch",), "--watch"),
        ("compare", ("--max-cycles", "5"), "--max-cycles"),
        ("compare", ("--memory", "ideal"), "--memory"),
        ("sim", ("--trace", "t.fst"), "--trace"),
        ("sim", ("--trace-window", "1:2"), "--trace-window"),
        ("sim", ("--pty",), "--pty"),
        ("sim", ("--max-cycles", "5"), "--max-cycles"),
    ],
)
def test_what_belongs_to_a_soc_is_refused(
    command: str, options: tuple[str, ...], named: str, model_path: Path
) -> None:
    result = call(command, model_path, "--engine", "host", *options)
    assert result.exit_code == 2
    assert result.output == f"error: {named} means nothing to --engine host, {SIMULATED}\n"


def test_an_engine_that_nobody_knows_is_refused(model_path: Path) -> None:
    result = call("compare", model_path, "--engine", "moon")
    assert (result.exit_code, result.output) == (
        2,
        "error: unknown engine 'moon' (known: simulator, host)\n",
    )


def test_without_gcc_one_line_says_what_installs_it(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain.shutil, "which", lambda _: None)
    result = call("compare", model_path, "--engine", "host")
    assert result.exit_code == 2
    assert result.output == "error: gcc is not installed: apt-get install g++\n"


def test_a_result_without_cycles_is_no_earlier_run(model_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    call("compare", model_path, "--engine", "host", "--kernels", "simd", "--json", path)
    result = call("compare", model_path, "--since", path)
    assert result.exit_code == 2
    assert f"{path}: has no cycles: it was written with --engine host" in result.output


def test_a_model_may_be_larger_than_the_soc(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = [np.zeros(graph.input_tensors[0].shape, np.int8)]
    planned = plan(graph, TARGET, REFERENCE)
    monkeypatch.setattr(memory_map, "image_region_size", lambda main_ram: 1000)
    with pytest.raises(Exception, match="the largest, has 1,000; use a smaller model"):
        make_job(planned, tensors)
    assert make_host_job(planned, tensors).image


def test_a_model_beyond_the_words_of_an_image_is_refused(graph: Graph) -> None:
    planned = replace(plan(graph, TARGET, REFERENCE), arena_size=1 << 32)
    with pytest.raises(Exception, match="an image reaches 4,294,967,295; use a smaller model"):
        make_host_job(planned, [np.zeros(graph.input_tensors[0].shape, np.int8)])
