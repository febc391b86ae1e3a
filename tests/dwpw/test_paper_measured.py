"""The paper's table with cycles: what was measured, and what was not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.console.papernetworks import measured
from dwpw.golden import golden_layers
from dwpw.jobs import Job, Observer, SimulatorRunner
from dwpw.make.options import Order
from dwpw.paper import CountedRow, PaperRow, counted, named
from dwpw.runlog import RunLog
from tests.dwpw.fake_run import log_of
from tests.dwpw.test_cli import FakeMachine
from tests.support.targets import SIMD, TARGET

SMALL = PaperRow(6, "mobilenet_v1", Order(alpha=0.25, resolution=32, classes=10), "1", "0.2")
SMALLER = PaperRow(6, "mobilenet_v1", Order(alpha=0.125, resolution=32, classes=10), "1", "0.1")
NEVER = PaperRow(8, "googlenet", Order(), "1550", "6.8")


def call(*arguments: object) -> Result:
    """Run `dwpw paper table ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, ["paper", "table", *(str(one) for one in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def row_of(paper: PaperRow) -> CountedRow:
    (row,) = counted([paper])
    return row


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Small networks, not simulated; the dict names an operator that shall differ, by set."""
    wrong: dict[str, int] = {}

    def run(self: SimulatorRunner, job: Job, observer: Observer) -> RunLog:
        return log_of(job, golden_layers(job.plan.graph, job.inputs), wrong.get(job.name))

    monkeypatch.setattr(SimulatorRunner, "run", run)
    monkeypatch.setattr(
        "dwpw.console.simulated.build_machine",
        lambda target, step, counters=False: FakeMachine(target),
    )
    monkeypatch.setattr("dwpw.cli.paper_table.counted", lambda: counted([SMALL, SMALLER, NEVER]))
    return wrong


ONE = ("--networks", "mobilenet_v1_0.125_32")
BOTH = ("--networks", "mobilenet_v1_0.25_32,mobilenet_v1_0.125_32")


def test_only_what_was_measured_has_cycles(simulated: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    result = call("--measure", "simd,scalar", *ONE, "--results", tmp_path / "kept", "--json", path)
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if "x3  " in line]
    assert [line.count("not measured") for line in lines] == [2, 0, 2]
    assert "soc: simd-16: vexriscv full+cfu, 60 MHz, memory sdram, extension simd" in result.stdout
    document = json.loads(path.read_text())
    assert document["kernels"] == ["scalar", "simd"]
    assert document["soc"]["memory"] == "sdram"
    small, smaller, never = document["rows"]
    assert small["runs"] == never["runs"] == []
    for run in smaller["runs"]:
        assert run["exact"]
        assert f"{run['cycles']:,}" in lines[1]


def test_each_run_is_kept_as_soon_as_it_has_ended_the_smallest_network_and_fastest_set_first(
    simulated: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, names = SimulatorRunner.run, []

    def interrupted(self: SimulatorRunner, job: Job, observer: Observer) -> RunLog:
        if job.name == "scalar" and job.plan.graph.path.stem == "mobilenet_v1_0.25_32":
            raise KeyboardInterrupt
        names.append(job.name)
        return fake(self, job, observer)

    monkeypatch.setattr(SimulatorRunner, "run", interrupted)
    result = call("--measure", "scalar,simd", *BOTH, "--results", tmp_path)
    assert result.exit_code == 130
    assert {path.name for path in tmp_path.iterdir()} == {
        "mobilenet_v1_0.125_32.scalar.json",
        "mobilenet_v1_0.125_32.simd.json",
        "mobilenet_v1_0.25_32.simd.json",
    }
    assert "mobilenet_v1_0.25_32 with simd: " in result.stderr
    again = call("--results", tmp_path)
    assert again.exit_code == 0
    assert again.stdout.count("measured by an earlier call") == 3
    assert again.stdout.count("not measured") == 3


def test_a_tensor_that_differs_has_no_cycles_and_ends_with_1(
    simulated: dict[str, int], tmp_path: Path
) -> None:
    simulated["simd"] = 3
    result = call("--measure", "simd", *ONE, "--results", tmp_path, "--json", tmp_path / "t.json")
    assert result.exit_code == 1
    assert "DIFFERS" in result.stdout
    (run,) = json.loads((tmp_path / "t.json").read_text())["rows"][1]["runs"]
    assert (run["cycles"], run["exact"]) == (None, False)
    assert call("--results", tmp_path).exit_code == 1


def test_runs_of_another_soc_or_network_do_not_mix(
    simulated: dict[str, int], tmp_path: Path
) -> None:
    assert call("--measure", "simd", *ONE, "--results", tmp_path).exit_code == 0
    kept = tmp_path / "mobilenet_v1_0.125_32.simd.json"
    other = call("--results", tmp_path, "--memory", "ideal")
    assert other.exit_code == 2
    assert other.stderr == (
        f"error: {kept}: was measured on simd-16, memory sdram, and this table is of simd-16,"
        " memory ideal; give the other --target and --memory, or another --results FOLDER\n"
    )
    kept.rename(tmp_path / "googlenet.simd.json")
    wrong = call("--results", tmp_path)
    assert wrong.exit_code == 2
    assert "googlenet.simd.json: is no run of googlenet with simd; remove it" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--networks", "vgg16"), "--networks says what --measure SETS runs"),
        (("--measure", "magic"), "unknown kernel set 'magic' (target simd-16 has: reference"),
        (("--measure", "simd,simd"), "kernel set 'simd' is given twice in --measure simd,simd"),
        (
            ("--measure", "simd", "--networks", "vgg"),
            "unknown network 'vgg' (the paper has: mobilenet_v1_1.0_224, googlenet, vgg16, ",
        ),
        (("--measure", "simd", "--results", "/dev/null"), "/dev/null: cannot be made: "),
    ],
)
def test_it_refuses_in_one_line(arguments: tuple[str, ...], message: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_every_row_has_a_name_of_its_own() -> None:
    rows = counted()
    for row in rows:
        assert named(rows, row.paper.name) == (row,)


def test_a_network_runs_on_the_simulated_soc_as_the_command_runs_it() -> None:
    (comparison,) = measured(row_of(SMALL), TARGET, [SIMD])
    (run,) = comparison.runs
    assert run.exact
    assert 0 < run.cycles < comparison.graph.macs


@pytest.mark.full
def test_vgg16_of_32x32_runs_on_the_simulated_soc() -> None:
    vgg = row_of(PaperRow(8, "vgg16", Order(resolution=32), "15300", "138"))
    (comparison,) = measured(vgg, TARGET, [SIMD])
    (run,) = comparison.runs
    assert run.exact
    assert run.cycles > 0
