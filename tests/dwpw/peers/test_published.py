"""Published figures: for the network at hand only, each with its source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import read_model
from dwpw.peers.networks import DS_CNN, MOBILENET_V1_224, NETWORKS, RESNET8, VWW, network_of
from dwpw.peers.published import FIGURES, figures_for
from dwpw.report.jsonfile import to_json
from tests.dwpw.fake_run import comparison
from tests.support.targets import SIMD

VWW_LIKE = "mobilenet_v1 --alpha 0.25 --resolution 96 --classes 2"


def call(*arguments: object) -> Result:
    # Wide enough that no name is folded, whatever the tests were started from.
    wide = CliRunner(env={"COLUMNS": "200"})
    return wide.invoke(cli, [str(argument) for argument in arguments])


def made(folder: Path, network: str) -> Path:
    path = folder / "model.tflite"
    result = call("model", "make", *network.split(), "-o", path)
    assert result.exit_code == 0, result.output
    return path


def test_every_figure_has_a_source_and_every_network_a_figure() -> None:
    assert all(figure.source and figure.mega_cycles > 0 for figure in FIGURES)
    assert all(figures_for(network) for network in NETWORKS)


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (VWW_LIKE, VWW),
        ("mobilenet_v1", MOBILENET_V1_224),
        ("ds_cnn", DS_CNN),
        ("resnet8", RESNET8),
        ("mobilenet_v1 --alpha 0.25 --resolution 96 --classes 3", None),
        ("mobilenet_v1 --alpha 0.5 --resolution 96 --classes 2", None),
    ],
)
def test_network_is_known_by_its_shape_and_multiplications(
    tmp_path: Path, network: str, expected: object
) -> None:
    assert network_of(read_model(made(tmp_path, network))) is expected


def test_figures_of_vww_are_printed_slowest_first(tmp_path: Path) -> None:
    result = call("peers", made(tmp_path, VWW_LIKE))
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.startswith("MLPerf Tiny's visual wake words, MobileNetV1 0.25/96: 7,489,664 MAC")
    assert text.index("RV32IMAC") < text.index("Cortex-M85 with Helium") < text.index("VCU128")
    assert "Published by others, not measured here" in text


def test_our_own_runs_stand_in_their_place(tmp_path: Path) -> None:
    path, document = made(tmp_path, VWW_LIKE), tmp_path / "ours.json"
    graph = read_model(path)
    golden = golden_layers(graph, random_tensors(graph))
    found = to_json(comparison(graph, golden, [SIMD]))
    found["runs"][0]["cycles"] = 1_459_232
    document.write_text(json.dumps(found))
    text = call("peers", path, "--ours", document).stdout
    assert text.index("Cortex-M85") < text.index("dwpw simd") < text.index("fpgaConvNet, ZedBoard")
    assert "1.459" in text


def test_comparison_of_another_model_is_refused(tmp_path: Path, model_path: Path) -> None:
    graph, document = read_model(model_path), tmp_path / "ours.json"
    golden = golden_layers(graph, random_tensors(graph))
    document.write_text(json.dumps(to_json(comparison(graph, golden, [SIMD]))))
    path = made(tmp_path, "ds_cnn")
    result = call("peers", path, "--ours", document)
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: {document}: is about every.tflite, and not {path}: give the comparison of this"
        " model\n"
    )


def test_other_network_has_none(model_path: Path) -> None:
    result = call("peers", model_path)
    assert result.exit_code == 0
    assert result.stdout.startswith(
        f"{model_path}: no published figures are known for this network (known: MLPerf Tiny's"
    )
