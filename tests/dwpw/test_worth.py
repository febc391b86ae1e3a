"""What instructions are worth: which are measured, and how the differences are told."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compiler_intrinsics.simd import INSTRUCTION_SET
from dwpw.cli import cli
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.jobs import Job, SimulatorRunner
from dwpw.runlog import RunLog
from dwpw.target.target import Target
from dwpw.worth import Variant, measure, variants
from tests.dwpw.fake_run import log_of
from tests.support.kernel_images import SOURCE, conv, plain
from tests.support.tflite_builder import build_model

COSTS = {
    variant.without: 1000 * place
    for place, variant in enumerate(variants(INSTRUCTION_SET.instructions), -1)
}
"""Cycles more without these instructions, invented; one makes things worse, one does nothing."""

OPTIONAL = [item.mnemonic for item in INSTRUCTION_SET.instructions if item.optional]


@dataclass(frozen=True)
class FakeMachine:
    """Stands for a built machine; its firmware is what it lacks."""

    target: Target
    simulator: None = None
    firmware: tuple[str, ...] = ()


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, ...]]:
    """Replaces building and simulating; a firmware in the set computes a wrong tensor."""
    wrong: set[tuple[str, ...]] = set()

    def run(self: SimulatorRunner, job: Job, *_: object, **__: object) -> RunLog:
        golden = golden_layers(job.plan.graph, job.inputs)
        log = log_of(job, golden, 1 if self.machine.firmware in wrong else None)
        return replace(log, cycles=log.cycles + COSTS.get(self.machine.firmware, 0))

    monkeypatch.setattr("dwpw.cli.gains.build_machine", lambda target, _: FakeMachine(target))
    monkeypatch.setattr("dwpw.cli.gains.build_firmware", lambda _, __, ___, without: without)
    monkeypatch.setattr(SimulatorRunner, "run", run)
    return wrong


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["gains", *map(str, arguments)])


def test_every_instruction_that_can_be_left_out_is_measured_once():
    measured = [
        name for variant in variants(INSTRUCTION_SET.instructions) for name in variant.without
    ]
    assert sorted(measured) == sorted(OPTIONAL)


@pytest.mark.parametrize(
    ("without", "instead"),
    [
        (("dot2", "dot2_last", "dot2_up", "dot2_up_last"), "dot1, dot1_last, dot1_up"),
        (("ld_table",), "kernels are told DWPW_TABLE_WORDS = 0"),
        (("rep",), "kernels are told DWPW_PATCH_WORDS = 0"),
        (("dw2", "dw2_last0", "dw2_last1"), "dw1, dw1_last"),
        (("skip2",), "skip1"),
    ],
)
def test_variants_of_one_meaning_are_left_out_together(without, instead):
    assert Variant(without, instead) in variants(INSTRUCTION_SET.instructions)


def test_instructions_can_be_chosen_alone_or_together():
    chosen = variants(INSTRUCTION_SET.instructions, ["dot2_last", "rep,skip2"])
    assert [variant.without for variant in chosen] == [("dot2_last",), ("rep", "skip2")]
    assert chosen[1].instead == "skip1; kernels are told DWPW_PATCH_WORDS = 0"


@pytest.mark.parametrize("name", ["pop", "dot3", ""])
def test_an_instruction_that_cannot_be_left_out_is_refused(name):
    with pytest.raises(UserError) as refused:
        variants(INSTRUCTION_SET.instructions, [name])
    assert str(refused.value) == (
        f"--without {name}: no instruction that can be left out (these can: {', '.join(OPTIONAL)})"
    )


def test_nothing_is_run_for_a_choice_that_is_refused():
    def run(_: tuple[str, ...]):
        raise AssertionError("must not run")

    with pytest.raises(UserError):
        measure(INSTRUCTION_SET.instructions, ["pop"], run)


def test_json_tells_cycles_saved(simulated, model_path: Path, tmp_path: Path):
    path = tmp_path / "gains.json"
    assert call(model_path, "--json", path).exit_code == 0
    document = json.loads(path.read_text())
    assert document["schema"] == "dwpw.gains/1"
    saved = {tuple(row["left_out"]): row["saved"] for row in document["without"]}
    assert saved == COSTS
    assert all(
        row["cycles"] == document["run"]["cycles"] + row["saved"] for row in document["without"]
    )


def test_the_page_says_which_command_made_it(simulated, model_path: Path, tmp_path: Path):
    page = tmp_path / "worth.md"
    arguments = (model_path, "--without", "dot2,dot2_last", "--without", "rep", "--markdown", page)
    assert call(*arguments).exit_code == 0
    text = page.read_text()
    assert f"\ndwpw gains {model_path} --without dot2,dot2_last --without rep --markdown" in text
    full, slower = 40_000 * 56, COSTS["rep",]
    assert f"| (all there) | {full:,} |  |  |  |\n" in text
    assert f"| `rep` | {full + slower:,} | {slower:,} | 0.0% | kernels are told DWPW_PATCH" in text
    assert "Nothing works without `set_weights`, " in text
    assert "skip2" not in text.split("```")[2]


def test_a_wrong_tensor_shows_no_cycles_and_ends_with_1(
    simulated, model_path: Path, tmp_path: Path
):
    simulated.add(("rep",))
    path = tmp_path / "gains.json"
    result = call(model_path, "--json", path)
    assert result.exit_code == 1
    row = next(line for line in result.output.splitlines() if line.startswith("rep "))
    assert "DIFFERS" in row.upper()
    rep = next(one for one in json.loads(path.read_text())["without"] if one["left_out"] == ["rep"])
    assert (rep["cycles"], rep["saved"]) == (None, None)


def test_a_refused_choice_ends_with_2_before_a_build(model_path: Path):
    result = call(model_path, "--without", "pop")
    assert result.exit_code == 2
    assert "--without pop: no instruction that can be left out" in result.output


@pytest.mark.parametrize("option", ["--json", "--markdown"])
def test_an_unwritable_output_ends_with_2_before_a_build(model_path: Path, option: str):
    result = call(model_path, option, model_path / "no" / "folder")
    assert result.exit_code == 2
    assert "cannot be written" in result.output


ALL_AT_ONCE = "dot2,dot2_last,rep,ld_table"


@pytest.mark.parametrize(
    "left_out",
    [
        ALL_AT_ONCE,
        *(
            pytest.param(one, marks=pytest.mark.full)
            for one in ("dot2,dot2_last", "rep", "ld_table", "rep,ld_table")
        ),
    ],
)
def test_kernels_go_another_way_without_an_instruction_and_take_longer(
    tmp_path: Path, left_out: str
):
    path, model = tmp_path / "gains.json", tmp_path / "activated.tflite"
    shape, layers = conv((1, 8, 8, 64), 1, 32)
    layers = [*layers, *plain("HARD_SWISH", (1, 8, 8, 32), (1, 8, 8, 32), version=1)[1]]
    model.write_bytes(build_model(shape, SOURCE, layers))
    result = call(model, "--without", left_out, "--memory", "ideal", "--json", path)
    assert result.exit_code == 0, result.output
    (row,) = json.loads(path.read_text())["without"]
    assert row["exact"]
    assert row["saved"] > 0
