"""Models of two inputs: read, planned, given, run and compared."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.errors import UserError
from dwpw.golden import golden_layers, golden_outputs
from dwpw.inputs import random_tensors, read_inputs
from dwpw.jobs import loads, make_job
from dwpw.model import Graph
from dwpw.model.edges import quantised
from dwpw.model.read import check, read_raw
from dwpw.plan.planner import plan
from soc.memory_map import IMAGE_BASE
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware, build_server
from tests.support.targets import KERNEL_SETS, SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Add
from tests.support.two_inputs import OTHER, SHAPE, SOURCE, one_real_input, two_inputs


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    return read_bytes(two_inputs(), tmp_path)


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def save(folder: Path, tensors: tuple[np.ndarray, ...]) -> list[str]:
    """A file for each."""
    paths = [folder / f"{number}.npy" for number in range(len(tensors))]
    for path, tensor in zip(paths, tensors, strict=True):
        np.save(path, tensor)
    return list(map(str, paths))


@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
@pytest.mark.parametrize("make", [two_inputs, one_real_input])
def test_every_kernel_set_is_exact(make, kernel_set, tmp_path: Path) -> None:
    graph = read_bytes(make(), tmp_path)
    with HostFirmware(build_server()) as firmware:
        for seed in range(5):
            check_model(firmware, graph, kernel_set, random_tensors(graph, seed))


def test_the_inputs_are_not_the_same_to_the_golden_layers(graph: Graph) -> None:
    one, other = random_tensors(graph)
    first, second = golden_outputs(graph, [(one, other), (other, one)], [None, None])
    assert not np.array_equal(first.values, second.values)
    for tensors, found in (((one, other), first), ((other, one), second)):
        last = golden_layers(graph, tensors)[-1].tensor
        assert np.array_equal(last.ravel(), found.values)


def test_random_values_differ_from_input_to_input(graph: Graph) -> None:
    one, other = random_tensors(graph)
    assert not np.array_equal(one, other)


def test_no_input_is_overwritten_before_it_was_read(graph: Graph) -> None:
    planned = plan(graph, TARGET, SIMD)
    lives = {buffer.key: (buffer.first, buffer.last) for buffer in planned.buffers}
    assert [lives[number] for number in graph.inputs] == [(-1, 0), (-1, 2)]


def test_an_input_that_nobody_reads_is_loaded_beside_the_others(tmp_path: Path) -> None:
    content = build_model(
        SHAPE, SOURCE, [Add(source=-1, other=-1, output=OTHER)], more_inputs=[(SHAPE, OTHER)]
    )
    graph = read_bytes(content, tmp_path)
    read, unread = plan(graph, TARGET, SIMD).inputs
    assert read.offset + read.size <= unread.offset or unread.offset + unread.size <= read.offset
    with HostFirmware(build_server()) as firmware:
        check_model(firmware, graph, SIMD, random_tensors(graph))


def test_every_loader_writes_each_input_to_its_place(graph: Graph) -> None:
    tensors = random_tensors(graph)
    job = make_job(plan(graph, TARGET, SIMD), tensors)
    firmware, image, *inputs = loads(job, b"firmware")
    assert [content for _, content in inputs] == [tensor.tobytes() for tensor in tensors]
    first, second = job.plan.inputs
    assert inputs[1][0] - inputs[0][0] == second.offset - first.offset
    assert inputs[0][0] >= IMAGE_BASE + len(job.image) == image[0] + len(image[1])


def test_files_are_taken_in_the_models_order_or_by_name(graph: Graph, tmp_path: Path) -> None:
    tensors = random_tensors(graph, seed=7)
    one, other = save(tmp_path, tensors)
    for given in (
        [one, other],
        [f"input={one}", f"input2={other}"],
        [f"input2={other}", one],
        [other, f"input={one}"],
    ):
        found = read_inputs(given, graph)
        assert all(map(np.array_equal, [source.tensor for source in found], tensors))
        assert [source.description for source in found] == [
            f"'input' int8 array {one}",
            f"'input2' int8 array {other}",
        ]


def test_what_stands_before_an_equals_sign_may_be_part_of_a_path(
    graph: Graph, tmp_path: Path
) -> None:
    folder = tmp_path / "a=b"
    folder.mkdir()
    tensors = random_tensors(graph, seed=7)
    one, other = save(folder, tensors)
    assert np.array_equal(read_inputs([one, f"input2={other}"], graph)[0].tensor, tensors[0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ["{one}"],
            r"model.tflite: has 2 inputs, 'input', 'input2': give --input for each, in this order"
            r" or as NAME=FILE, not 1 in all",
        ),
        (["{one}"] * 3, r"has 2 inputs, .*, not 3 in all"),
        (["input={one}", "input={other}"], r"--input input=.*: a file for 'input' is given twice"),
        (
            ["{one}", "{short}"],
            r"short.dat: has 5 bytes, the model's input 'input2' \[1, 6, 6, 8\] takes 288",
        ),
        (["{one}", "none.dat"], r"none.dat: no such file"),
    ],
)
def test_a_wrong_number_or_size_is_refused_by_name(
    given: list[str], message: str, graph: Graph, tmp_path: Path
) -> None:
    one, other = save(tmp_path, random_tensors(graph))
    short = tmp_path / "short.dat"
    short.write_bytes(b"short")
    files = [text.format(one=one, other=other, short=short) for text in given]
    with pytest.raises(UserError, match=message):
        read_inputs(files, graph)


def test_a_model_of_one_input_takes_one(graph: Graph, tmp_path: Path) -> None:
    single = read_bytes(
        build_model(SHAPE, SOURCE, [Add(source=-1, other=-1, output=OTHER)]), tmp_path
    )
    with pytest.raises(UserError, match=r"has one input, 'input', and --input was given 2 times"):
        read_inputs(["a.dat", "b.dat"], single)


def test_each_input_is_quantised_as_its_own_edge_says(tmp_path: Path) -> None:
    graph = read_bytes(one_real_input(), tmp_path)
    assert [entry is None for entry in graph.entries] == [True, False]
    tensors = (
        np.zeros(SHAPE, np.int8),
        np.random.default_rng(0).normal(size=SHAPE).astype(np.float32),
    )
    first, second = read_inputs(save(tmp_path, tensors), graph)
    assert first.real is None
    assert np.array_equal(second.real, tensors[1])
    assert np.array_equal(second.tensor, quantised(tensors[1], graph.input_tensors[1]))
    reals = [first.real, second.real]
    layers = golden_layers(graph, [first.tensor, second.tensor], reals)
    assert layers.edges == {0: True}
    reals[1] = reals[1] + 1
    assert golden_layers(graph, [first.tensor, second.tensor], reals).edges == {0: False}


def test_an_input_that_a_quantize_writes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(one_real_input())
    raw = read_raw(path)
    written = raw.operators[0].outputs[0]
    with pytest.raises(UserError, match=r"is damaged: an operator writes one of its inputs"):
        check(path, replace(raw, inputs=(*raw.inputs, written)))


def test_compare_says_where_each_input_comes_from(graph: Graph, tmp_path: Path) -> None:
    one, other = save(tmp_path, random_tensors(graph, seed=3))
    path = tmp_path / "c.json"
    result = call(
        *("compare", graph.path, "--engine", "host", "--json", path),
        *("--input", f"input2={other}", "--input", one),
    )
    assert result.exit_code == 0, result.output
    assert f"input  'input' int8 array {one}\ninput  'input2' int8 array {other}\n" in result.stdout
    document = json.loads(path.read_text())
    assert document["inputs"] == [f"'input' int8 array {one}", f"'input2' int8 array {other}"]
    assert document["input"] == "; ".join(document["inputs"])


def test_model_show_names_both_inputs(graph: Graph) -> None:
    result = call("model", "show", graph.path)
    assert "input  'input' 1x6x6x8 int8" in result.stdout
    assert "input  'input2' 1x6x6x8 int8" in result.stdout
    assert "All 4 operators run on target simd-16." in result.stdout


def test_accuracy_is_of_models_of_one_image(graph: Graph, tmp_path: Path) -> None:
    result = call("accuracy", graph.path, "--images", tmp_path)
    assert result.exit_code == 2
    assert "has 2 inputs; accuracy takes classifiers of one image" in result.stderr


def test_a_model_of_two_inputs_runs_on_the_soc(graph: Graph, tmp_path: Path) -> None:
    files = save(tmp_path, random_tensors(graph, seed=3))
    path = tmp_path / "c.json"
    options = [word for file in files for word in ("--input", file)]
    result = call("compare", graph.path, "--kernels", "simd", "--json", path, *options)
    assert result.exit_code == 0, result.output
    (run,) = json.loads(path.read_text())["runs"]
    assert run["exact"]
