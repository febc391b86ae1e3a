"""Several outputs, real values at both ends, and files that old converters wrote."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import tflite
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.golden import golden_layers
from dwpw.image.format import Flag
from dwpw.model import read_model
from dwpw.model.repair import DIMENSION_SLOT
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from tests.support.host_firmware import HostFirmware, build_server
from tests.support.kernel_images import SOURCE, conv, depthwise, plain
from tests.support.targets import KERNEL_SETS, TARGET
from tests.support.tflite_builder import build_model

SHAPE = (1, 6, 6, 8)


def two_outputs() -> bytes:
    """A depthwise layer that is an output and is read again, and what comes of it."""
    (_, first), (_, second) = depthwise(SHAPE, 3), conv(SHAPE, 1, 4)
    return build_model(SHAPE, SOURCE, [*first, *second], outputs=[0, 1])


def real_at_both_ends() -> bytes:
    """QUANTIZE, a convolution, DEQUANTIZE."""
    (_, (inner,)) = conv(SHAPE, 1, 4)
    to = (1, 6, 6, 4)
    entry = plain("QUANTIZE", SHAPE, SHAPE, output=SOURCE, version=1)[1]
    leave = plain("DEQUANTIZE", to, to, output=None)[1]
    return build_model(SHAPE, None, [*entry, inner, *leave])


@pytest.mark.parametrize("seed", range(5))
def test_every_output_is_kept_and_checked(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(two_outputs())
    graph = read_model(path)
    tensor = np.random.default_rng(seed).integers(-128, 128, SHAPE).astype(np.int8)
    golden = golden_layers(graph, [tensor])
    values = [int(one) for layer in golden for one in layer.tensor.ravel()]
    with HostFirmware(build_server()) as firmware:
        for kernel_set in KERNEL_SETS:
            planned = plan(graph, TARGET, kernel_set)
            assert len(planned.outputs) == 2
            whole = firmware.run(pack(planned, Flag.WHOLE), [tensor]).lines
            wanted = [f"{zlib.crc32(layer.tensor.tobytes()):08x}" for layer in golden]
            assert whole[1]["crcs"] == wanted
            assert whole[-1]["output"] == values


def test_a_model_of_two_outputs_runs_on_the_soc(tmp_path: Path) -> None:
    path, file = tmp_path / "m.tflite", tmp_path / "found.json"
    path.write_bytes(two_outputs())
    command = ["compare", str(path), "--kernels", "simd", "--json", str(file)]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output
    (run,) = json.loads(file.read_text())["runs"]
    assert run["exact"]
    assert len(run["output"]) == 6 * 6 * (8 + 4)


def test_real_values_at_both_ends_are_the_hosts_work_and_stand_in_the_table(tmp_path: Path) -> None:
    path, file = tmp_path / "m.tflite", tmp_path / "found.json"
    path.write_bytes(real_at_both_ends())
    command = ["compare", str(path), "--kernels", "simd", "--json", str(file)]
    result = CliRunner().invoke(cli, command, env={"COLUMNS": "140"})
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines()]
    assert ["0", "quantize", "6x6x8", "-", "-", "yes", "host"] in rows
    assert ["2", "dequantize", "6x6x4", "-", "-", "yes", "host"] in rows
    assert "All 3 tensors are bit-exact" in result.output
    (run,) = json.loads(file.read_text())["runs"]
    assert [edge["kernel"] for edge in run["edges"]] == ["host", "host"]
    assert [layer["index"] for layer in run["layers"]] == [1]


def test_a_wrong_edge_makes_the_run_inexact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(real_at_both_ends())
    graph = read_model(path)
    tensor = np.zeros(SHAPE, np.int8)
    assert all(golden_layers(graph, [tensor]).edges.values())
    shifted = np.full(SHAPE, 40 * float(SOURCE.scale), np.float32)
    assert golden_layers(graph, [tensor], [shifted]).edges == {0: False, 2: True}


def weights_dimension(content: bytes) -> int:
    """Where the file says along which dimension the depthwise weights are quantised."""
    graph = tflite.Model.GetRootAs(content, 0).Subgraphs(0)
    tensors = [graph.Tensors(number) for number in range(graph.TensorsLength())]
    (weights,) = (one for one in tensors if one.Name() == b"layer0/weights")
    table = weights.Quantization()._tab
    return table.Pos + table.Offset(DIMENSION_SLOT)


def test_a_dimension_outside_of_a_shape_is_repaired_and_said(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    content = bytearray(build_model(SHAPE, SOURCE, depthwise(SHAPE, 3)[1]))
    path.write_bytes(content)
    assert read_model(path).repairs == ()
    content[weights_dimension(content)] = 9
    path.write_bytes(content)
    graph = read_model(path)
    assert graph.repairs == (
        "quantized_dimension of 1 tensors is outside their shape and taken as 0",
    )
    assert path.read_bytes() == content
    assert graph.content != content
    result = CliRunner().invoke(cli, ["compare", str(path), "--engine", "host"])
    assert result.exit_code == 0, result.output
    assert "repair for the golden layers: quantized_dimension of 1 tensors" in result.output
