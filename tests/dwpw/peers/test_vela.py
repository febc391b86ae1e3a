"""Arm's estimate beside a comparison: read from a recorded table, and from the compiler itself."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from dwpw.cli import cli
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph, read_model
from dwpw.peers import vela
from dwpw.peers.vela import ACCELERATORS, Estimate, estimate, parse_table
from dwpw.report.beside_table import beside_json, print_beside
from tests.dwpw.fake_run import comparison
from tests.support.mlperf_device import tiny_model
from tests.support.targets import SIMD

RECORDED = """\
Original Operator,NNG Operator,Target,Staging Usage,Op Cycles,MAC Count,Name
Conv2D,Conv2D,NPU,64912,700,497664,layer0
Conv2D,Relu,NPU,0,0,0,layer0
Conv2D,Requantise,NPU,16,20.5,0,layer0
Reshape,Reshape,CPU,0,0,0,layer1
FullyConnected,FullyConnected,NPU,384,31,512,layer2
"""
"""What ethos-u-vela 5.2.0 writes, with fewer columns."""

ESTIMATE = parse_table(RECORDED, "ethos-u55-128", "ethos-u-vela 5.2.0")


@pytest.fixture
def tiny(tmp_path: Path) -> Graph:
    return read_model(tiny_model(tmp_path / "tiny.tflite"))


def beside(graph: Graph, found: Estimate, layers: bool = True) -> tuple[str, dict]:
    golden = golden_layers(graph, random_tensors(graph))
    compared = comparison(graph, golden, [SIMD])
    console = Console(file=io.StringIO(), width=120)
    print_beside(compared, found, layers, console)
    return console.file.getvalue(), beside_json(compared, found)


def test_lines_of_one_operator_are_added() -> None:
    assert ESTIMATE.layers == {"layer0": 720, "layer2": 31}
    assert ESTIMATE.on_cpu == ("layer1",)
    assert ESTIMATE.cycles == 751


def test_estimate_of_a_step_needs_every_operator_of_it() -> None:
    assert ESTIMATE.of(["layer0", "layer2"]) == 751
    assert ESTIMATE.of(["layer0", "layer1"]) is None


def test_another_table_is_one_line() -> None:
    with pytest.raises(UserError, match="ethos-u-vela 9: writes another table than dwpw can read"):
        parse_table("A,B\n1,2\n", "ethos-u55-128", "ethos-u-vela 9")


def test_table_says_that_nobody_ran_it(tiny: Graph) -> None:
    text, document = beside(tiny, ESTIMATE)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "# operator output simd, measured ethos-u55-128, ESTIMATE" in lines
    assert "0 conv 3x3/2 3x2x4 40,000 720" in lines
    assert "2 fc 5 120,000 31" in lines
    assert "whole inference 280,000 751" in lines
    assert "nobody ran it, and no tensor of it was checked." in text
    assert "Left to a CPU, and not counted: 1 of its operators." in text
    assert document["estimate"] is True
    assert [layer["cycles"] for layer in document["layers"]] == [720, None, 31]


def test_layers_are_left_out_where_they_are_not_wanted(tiny: Graph) -> None:
    text, _ = beside(tiny, ESTIMATE, layers=False)
    assert "conv" not in text
    assert "751" in text


def refused(model: Path, accelerator: str) -> str:
    result = CliRunner().invoke(cli, ["compare", str(model), "--beside", accelerator])
    assert result.exit_code == 2, result.output
    return result.stderr


def test_unknown_accelerator_is_refused(tiny: Graph) -> None:
    assert refused(tiny.path, "ethos-u55") == (
        "error: --beside ethos-u55: is none of ethos-u55-32, ethos-u55-64, ethos-u55-128,"
        " ethos-u55-256, ethos-u65-256, ethos-u65-512\n"
    )


def test_missing_package_is_one_line(tiny: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vela.importlib.util, "find_spec", lambda _name: None)
    assert refused(tiny.path, "ethos-u55-128") == (
        "error: --beside ethos-u55-128: needs Arm's compiler, the Python package ethos-u-vela:"
        " pip install 'dwpw[beside]'\n"
    )


@pytest.mark.skipif(
    importlib.util.find_spec("ethosu") is None, reason="ethos-u-vela is not installed"
)
class TestWithTheCompiler:
    @pytest.mark.parametrize("accelerator", [ACCELERATORS[0], ACCELERATORS[-1]])
    def test_convolutions_are_matched(self, tiny: Graph, accelerator: str) -> None:
        found = estimate(tiny.path, accelerator)
        assert found.compiler.startswith("ethos-u-vela ")
        _, document = beside(tiny, found)
        cycles = [layer["cycles"] for layer in document["layers"]]
        assert cycles[0] > 0
        assert cycles[2] > 0

    def test_what_is_no_model_is_one_line(self, tmp_path: Path) -> None:
        path = tmp_path / "none.tflite"
        path.write_bytes(b"no model")
        with pytest.raises(UserError, match="gives no estimate for it"):
            estimate(path, "ethos-u55-128")
