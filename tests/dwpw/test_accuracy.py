"""`dwpw accuracy`: real runs on this computer, what they say, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dwpw import fashion_mnist, golden
from dwpw.accuracy import chunk_size
from dwpw.golden import GoldenOutput
from dwpw.golden.layers import Reals
from dwpw.inputs import random_tensors
from dwpw.jobs import Job, SimulatorRunner
from dwpw.model import Graph, edges, read_model
from dwpw.runlog import RunLog
from tests.dwpw.fake_run import run_log
from tests.dwpw.test_engine_host import call
from tests.support import tflite_layers as layers
from tests.support.idx import idx
from tests.support.tflite_builder import build_model

PIXELS = layers.Quantisation(1 / 255, -128)
NAMES = ("dark", "light", "red/green")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Three classes: the channel that is brightest on average."""
    path = tmp_path / "m.tflite"
    path.write_bytes(build_model((1, 2, 2, 3), PIXELS, [layers.Mean(output=PIXELS)]))
    path.with_suffix(".labels.txt").write_text("\n".join(NAMES))
    return path


def save(path: Path, channel: int, level: int = 200) -> Path:
    """An image of 2x2 whose brightest channel that is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[..., channel] = level
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five images, one of them in the wrong class."""
    images = tmp_path / "images"
    for name, channel in (("dark/a", 0), ("dark/b", 1), ("light/a", 1), ("light/b", 1)):
        save(images / f"{name}.png", channel)
    save(images / "red_green" / "a.png", 2)
    return images


def run(model: Path, folder: Path, *more: object):
    return call("accuracy", model, "--images", folder, "--simulate", 0, *more)


def refusal(*arguments: object) -> str:
    """The one line with which the command ends."""
    result = call("accuracy", *arguments)
    assert result.exit_code == 2, result.output
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    return line


def test_a_folder_of_classes_is_counted(model: Path, folder: Path, tmp_path: Path) -> None:
    result = run(model, folder, "--json", tmp_path / "a.json")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert {
        f"images 5 images of {folder}",
        "# is \\ taken for 0 1 2 right",
        "0 dark 1 1 50.0%",
        "1 light 2 100.0%",
        "2 red/green 1 100.0%",
        "top-1 80.00% (4 of 5 images)",
        "All 5 outputs are bit-exact with TFLite's.",
    } <= set(lines)
    document = json.loads((tmp_path / "a.json").read_text())
    assert document["schema"] == "dwpw.accuracy/1"
    assert document["confusion"] == [[1, 1, 0], [0, 2, 0], [0, 0, 1]]
    assert (document["count"], document["correct"], document["top1"]) == (5, 4, 0.8)
    assert document["classes"] == list(NAMES)
    assert (document["exact"], document["unequal"], document["simulated"]) == (True, [], [])


def test_a_count_takes_images_of_every_class(model: Path, folder: Path) -> None:
    result = run(model, folder, "--count", 3)
    assert "top-1 100.00% (3 of 3 images)" in result.stdout


def test_labels_csv_names_files_and_their_classes(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "listed"
    save(folder / "x.png", 2)
    (folder / "labels.csv").write_text("file,label\nx.png,red/green\n\nx.png,dark\n")
    result = run(model, folder, "--kernels", "reference")
    assert result.exit_code == 0, result.output
    assert "top-1 50.00% (1 of 2 images)" in result.stdout


def test_an_output_that_differs_is_named_and_ends_with_1(
    model: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = golden.golden_outputs

    def golden_outputs(
        graph: Graph, runs: Sequence[Sequence[np.ndarray]], reals: Sequence[Reals]
    ) -> list[GoldenOutput]:
        return [
            replace(one, values=one.values ^ np.int8(one.values.argmax() == 0))  # dark/a.png
            for one in right(graph, runs, reals)
        ]

    monkeypatch.setattr(golden, "golden_outputs", golden_outputs)
    result = run(model, folder, "--json", tmp_path / "a.json")
    assert result.exit_code == 1
    assert "top-1 DIFFERS\n" in result.stdout
    assert f"1 of 5 outputs differ from TFLite's: {folder}/dark/a.png\n" in result.stdout
    document = json.loads((tmp_path / "a.json").read_text())
    assert (document["exact"], document["top1"], document["correct"]) == (False, None, None)
    assert document["unequal"] == [f"{folder}/dark/a.png"]


@pytest.mark.parametrize("exact", [True, False])
def test_the_first_images_are_simulated_layer_by_layer(
    exact: bool, model: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def simulate(self: SimulatorRunner, job: Job) -> RunLog:
        seen.append(job.inputs[0])
        log = run_log(job.plan, golden.golden_layers(job.plan.graph, job.inputs))
        return log if exact else replace(log, layers=(replace(log.layers[0], crcs=(0,)),))

    monkeypatch.setattr("dwpw.cli.accuracy.build_machine", lambda target, step: None)
    monkeypatch.setattr(SimulatorRunner, "run", simulate)
    result = call("accuracy", model, "--images", folder, "--simulate", 2)
    assert result.exit_code == (0 if exact else 1), result.output
    assert len(seen) == 2
    verdict = "all 1 tensors are bit-exact" if exact else "DIFFERS"
    for name in ("dark", "light"):
        assert f"{folder}/{name}/a.png on the simulated SoC: {verdict}" in result.stdout


@pytest.fixture
def clothes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of ten classes, and a data set of three black images of class 0."""
    chain = [
        layers.Conv2D(
            weights=np.zeros((10, 1, 1, 1), np.int8),
            weight_scale=0.01,
            bias=np.arange(10, 0, -1, dtype=np.int32) * 100,
            output=PIXELS,
        ),
        layers.Mean(output=PIXELS, keep_dims=False),
    ]
    path = tmp_path / "clothes.tflite"
    path.write_bytes(build_model((1, 4, 4, 1), PIXELS, chain))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(idx(3, 28, 28))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(idx(3))
    monkeypatch.setattr(fashion_mnist, "DEFAULT_FOLDER", tmp_path)
    return path


def test_the_data_set_is_enlarged_or_reduced_to_what_the_model_takes(clothes: Path) -> None:
    result = call("accuracy", clothes, "--dataset", "fashion-mnist", "--simulate", 0)
    assert result.exit_code == 0, result.output
    assert "images 3 test images of Fashion-MNIST, scaled to 4x4\n" in result.stdout
    assert "top-1 100.00% (3 of 3 images)" in result.stdout


def test_classes_of_the_data_set_are_found_by_their_names(clothes: Path) -> None:
    names = fashion_mnist.CLASSES[::-1]
    clothes.with_suffix(".labels.txt").write_text("\n".join(names))
    result = call("accuracy", clothes, "--dataset", "fashion-mnist", "--simulate", 0)
    assert "top-1 0.00% (0 of 3 images)" in result.stdout


def test_a_data_set_that_is_not_installed_names_its_package(
    clothes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fashion_mnist, "DEFAULT_FOLDER", Path("nowhere"))
    line = refusal(clothes, "--dataset", "fashion-mnist")
    assert "is missing: install the data set with `apt-get install dataset-fashion-mnist`" in line


def test_a_data_set_for_another_model_is_refused(model: Path, tmp_path: Path) -> None:
    line = refusal(model, "--dataset", "fashion-mnist")
    assert "has the classes dark, light, red/green; Fashion-MNIST has T-shirt/top," in line
    assert "unknown data set 'cifar' (known: fashion-mnist)" in refusal(model, "--dataset", "cifar")


def test_images_and_their_folder_are_refused_in_one_line(
    model: Path, folder: Path, tmp_path: Path
) -> None:
    either = "error: give either --images FOLDER or --dataset fashion-mnist"
    assert refusal(model) == either
    assert refusal(model, "--images", folder, "--dataset", "fashion-mnist") == either
    assert f"{tmp_path}/none: no such folder" in refusal(model, "--images", tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert "empty: has no images; put" in refusal(model, "--images", tmp_path / "empty")
    (folder / "dark" / "c.png").write_text("no image")
    line = refusal(model, "--images", folder, "--simulate", 0)
    assert line.startswith(f"error: {folder}/dark/c.png: is no image that Pillow knows")
    (folder / "blue").mkdir()
    line = refusal(model, "--images", folder)
    assert "blue: 'blue' is no class of the model; its classes are dark, light, red/green" in line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x.png,dark\n", "labels.csv: its first line must be file,label"),
        ("file,label\nx.png\n", "labels.csv, line 2: is not file,label"),
        ("file,label\nx.png,blue\n", "labels.csv, line 2: 'blue' is no class of the model"),
        ("file,label\nx.png,dark\n", "x.png: no such file"),
        ("file,label\n", "has no images"),
    ],
)
def test_a_list_that_does_not_fit_is_refused(
    text: str, message: str, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "labels.csv").write_text(text)
    assert message in refusal(model, "--images", tmp_path, "--simulate", 0)


def test_a_name_of_two_classes_is_refused(model: Path, folder: Path) -> None:
    model.with_suffix(".labels.txt").write_text("dark\ndark\nlight\n")
    line = refusal(model, "--images", folder)
    assert "dark: 'dark' stands for several classes" in line


def test_a_model_without_labels_or_classes_is_refused(
    model: Path, folder: Path, tmp_path: Path
) -> None:
    model.with_suffix(".labels.txt").unlink()
    assert "has no labels file beside it; give" in refusal(model, "--images", folder)
    path = tmp_path / "picture.tflite"
    pad = layers.Pad(output=PIXELS, paddings=((0, 0), (0, 0), (0, 1), (0, 0)))
    path.write_bytes(build_model((1, 2, 2, 3), PIXELS, [pad]))
    line = refusal(path, "--images", folder)
    assert "its output [1, 2, 3, 3] is no list of classes; accuracy takes classifiers" in line


def test_golden_outputs_are_the_last_golden_layers(model: Path) -> None:
    graph = read_model(model)
    runs = [random_tensors(graph, seed) for seed in range(3)]
    outputs = golden.golden_outputs(graph, runs, [None] * 3)
    for tensors, output in zip(runs, outputs, strict=True):
        last = golden.golden_layers(graph, tensors)[-1].tensor
        assert np.array_equal(output.values, last.ravel())
        assert output.edges_exact


@pytest.mark.parametrize(
    ("macs", "images", "size"), [(0, 10_000, 50), (7_000_000, 8, 1), (600_000_000, 10_000, 1)]
)
def test_chunks_keep_all_cores_busy_and_ctrl_c_near(
    macs: int, images: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwpw.accuracy.cores", lambda: 2)
    assert chunk_size(macs, images) == size


@pytest.mark.parametrize("rounding", ["right", "wrong"])
def test_a_model_of_real_values_is_exact_where_its_quantize_is(
    rounding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = [
        layers.Plain(code="QUANTIZE", shape=(1, 2, 2, 3), output=PIXELS),
        layers.Mean(output=PIXELS, keep_dims=False),
        layers.Plain(code="DEQUANTIZE", shape=(1, 3), output=None),
    ]
    path = tmp_path / "real.tflite"
    path.write_bytes(build_model((1, 2, 2, 3), None, chain))
    path.with_suffix(".labels.txt").write_text("\n".join(NAMES))
    folder = tmp_path / "reals"
    (folder / "light").mkdir(parents=True)
    values = np.zeros((2, 2, 3), np.float32)
    values[0, 0] = (0.001, 0.7, 0.3)
    np.save(folder / "light" / "a.npy", values)
    if rounding == "wrong":  # of one value of four, so that the average hides it
        right = edges.quantised
        monkeypatch.setattr("dwpw.inputfile.quantised", lambda *given: _one_more(right(*given)))
    result = run(path, folder)
    assert result.exit_code == (0 if rounding == "right" else 1), result.output


def _one_more(tensor: np.ndarray) -> np.ndarray:
    spoilt = tensor.copy()
    spoilt.flat[0] += 1
    return spoilt
