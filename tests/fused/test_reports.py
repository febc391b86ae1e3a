"""A comparison of sets whose steps differ: rows side by side, JSON by operator, changes since."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from dwpw.cli import cli
from dwpw.comparison import Comparison
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.report.earlier import changes_since
from dwpw.report.jsonfile import to_json
from dwpw.report.table import print_comparison
from tests.dwpw.fake_run import comparison
from tests.fused.models import small_pair
from tests.fused.target import FUSED
from tests.support.kernel_images import OUTPUT, SOURCE
from tests.support.tflite_layers import Add, Mean

SIMD, FUSED_SET = (FUSED.kernel_set(name) for name in ("simd", "fused"))


def compared(folder: Path, sets, wrong: dict[str, int] | None = None) -> Comparison:
    """Of a pair, an addition and an average: 4 operators, 3 steps in the fused set."""
    behind = [Add(other=-1, output=SOURCE), Mean(output=OUTPUT)]
    graph = small_pair(folder, behind)
    golden = golden_layers(graph, random_tensors(graph))
    return comparison(graph, golden, sets, wrong, FUSED)


@pytest.fixture
def both(tmp_path: Path) -> Comparison:
    return compared(tmp_path, (SIMD, FUSED_SET))


def printed(result: Comparison, **more: object) -> str:
    out = StringIO()
    print_comparison(result, Console(file=out, width=160), layers=True, **more)
    return out.getvalue()


def test_what_one_set_does_in_one_step_is_one_row_of_all(both: Comparison) -> None:
    assert [row[0].number for row in both.rows] == ["0-1", "2", "3"]
    simd, fused = both.rows[0]
    assert simd.kernels == ("simd/depthwise_3x3", "simd/conv_pointwise")
    assert simd.cycles == 40_000 + 80_000
    assert (fused.kernels, fused.cycles, fused.tensors) == (("fused/separable",), 60_000, 1)
    text = printed(both)
    assert "0-1  dw 3x3 + conv 1x1  6x6x8   120,000   60,000" in text
    assert "dw3x3+pw separable" in text
    assert "All 7 tensors are bit-exact" in text
    assert "1 more stay inside a step: `dwpw sim --check` looks at them." in text


def test_cycles_of_a_fused_step_are_of_a_part_of_their_own(both: Comparison) -> None:
    table = printed(both).split("part ")[1].splitlines()
    assert [line.split()[0] for line in table if line.strip()][2:4] == ["fused", "other"]


def test_the_row_of_a_wrong_tensor_says_which_set_and_operators(tmp_path: Path) -> None:
    text = printed(compared(tmp_path, (SIMD, FUSED_SET), {"fused": 0}))
    assert "DIFFERS: fused: 1 of 3 layers differ, the first is operators 0-1 (DEPTHWISE_" in text
    assert ", fused/separable); `dwpw sim --check` finds the element." in text
    assert "All" not in text.splitlines()[-1]


def test_json_has_every_operator_with_its_step_and_the_cycles_at_its_end(both: Comparison) -> None:
    simd, fused = to_json(both)["runs"]
    assert [layer["step"] for layer in simd["layers"]] == [0, 1, 2, 3]
    assert [layer["step"] for layer in fused["layers"]] == [0, 0, 1, 2]
    assert [layer["index"] for layer in fused["layers"]] == [0, 1, 2, 3]
    first, second, *_ = fused["layers"]
    assert (first["cycles"], first["instructions"], first["exact"]) == (None, None, None)
    assert (second["cycles"], second["exact"]) == (60_000, True)
    assert first["kernel"] == second["kernel"] == "fused/separable"
    cycles = [layer["cycles"] or 0 for layer in fused["layers"]]
    assert sum(cycles) == fused["layer_cycles"]


def test_changes_are_told_by_row_and_not_where_steps_were_cut_otherwise(
    both: Comparison, tmp_path: Path
) -> None:
    document = to_json(both)
    assert changes_since(document, both)["fused"].layers == (0, 0, 0)
    assert changes_since(document, both)["simd"].layers == (0, 0, 0)
    alone = compared(tmp_path, (SIMD,))
    assert changes_since(document, alone)["simd"].layers == (0, 0, 0, 0)
    # As if the fused set had had the steps of the other one before, and the other way round.
    before = {**document, "runs": [{**run, "kernels": name} for run, name in zip(
        document["runs"], ("fused", "simd"), strict=True)]}  # fmt: skip
    assert changes_since(before, both)["fused"].layers == (-60_000, 0, 20_000)
    assert changes_since(before, alone)["simd"].layers[:2] == (None, None)


@pytest.mark.full
def test_a_run_on_the_soc_is_exact_step_by_step_and_with_everything_stored(tmp_path: Path) -> None:
    small_pair(tmp_path, [Add(other=-1, output=SOURCE), Mean(output=OUTPUT)])
    model, file = str(tmp_path / "model.tflite"), tmp_path / "found.json"
    target = ["--target", "tests.fused.target:FUSED"]
    runner = CliRunner()
    result = runner.invoke(cli, ["explain", model, *target, "--json", str(file)])
    assert result.exit_code == 0, result.output
    assert "dw 3x3 + conv 1x1" in result.output
    first, second, *_ = json.loads(file.read_text())["layers"]
    assert (first["step"], first["bound"], first["counters"]) == (0, None, None)
    assert second["step"] == 0
    assert 0 < second["bound"] < second["cycles"]
    assert second["counters"]["custom"] == second["work"]["port"]

    result = runner.invoke(cli, ["sim", model, *target, "--check"])
    assert result.exit_code == 0, result.output
    assert "all 4 tensors are bit-exact" in result.output
    assert "  0  dw 3x3 + conv 1x1 6x6x8" in result.output
    result = runner.invoke(cli, ["sim", model, *target])
    assert "all 3 tensors are bit-exact" in result.output
