"""The paper's formula beside cycles, with runs that are not simulated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.golden import golden_layers
from dwpw.jobs import Job, Observer, SimulatorRunner
from dwpw.runlog import RunLog
from dwpw.separable import Grid, Point, draw_grid
from tests.dwpw.fake_run import log_of
from tests.dwpw.test_cli import FakeMachine


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Replaces building and simulating; the dict names an operator that shall differ, by set."""
    wrong: dict[str, int] = {}

    def run(self: SimulatorRunner, job: Job, observer: Observer, **_: object) -> RunLog:
        return log_of(job, golden_layers(job.plan.graph, job.inputs), wrong.get(job.name))

    monkeypatch.setattr(
        "dwpw.cli.paper_separable.build_machine", lambda target, step: FakeMachine(target)
    )
    monkeypatch.setattr(SimulatorRunner, "run", run)
    return wrong


GRID = ("--outputs", "4,8", "--windows", "3")


@pytest.mark.parametrize(("outputs", "window"), [(8, 3), (64, 5), (1, 1)])
def test_the_formula_is_the_quotient_of_the_multiply_adds(outputs: int, window: int) -> None:
    point = Point(outputs, window)
    standard, depthwise, pointwise = draw_grid(Grid(12, 16, (outputs,), (window,))).nodes
    quotient = (depthwise.macs + pointwise.macs) / standard.macs
    assert quotient == pytest.approx(point.predicted)


def test_both_kinds_read_the_same_input_and_give_the_same_shape() -> None:
    standard, depthwise, pointwise = draw_grid(Grid(12, 16, (8,), (5,))).nodes
    assert standard.inputs == depthwise.inputs == (0,)
    assert standard.shape == pointwise.shape == (1, 12, 12, 8)


def test_it_prints_draws_and_writes_every_point(simulated: dict[str, int], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    png, path = tmp_path / "s.png", tmp_path / "s.json"
    result = call("paper", "separable", "-o", png, "--json", path, *GRID)
    assert result.exit_code == 0
    assert "predicted: 1/N + 1/Dk^2" in result.stdout
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "<svg" in png.with_suffix(".svg").read_text()
    document = json.loads(path.read_text())
    assert document["schema"] == "dwpw.paper.separable/1"
    assert [one["kernels"] for one in document["sets"]] == ["reference", "scalar", "simd"]
    for one in document["sets"]:
        for point in one["points"]:
            quotient = point["separable_cycles"] / point["standard_cycles"]
            assert point["measured"] == quotient
            assert len(point["kernels"]) == 3


def test_a_tensor_that_differs_has_no_cycles_and_ends_with_1(
    simulated: dict[str, int], tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    simulated["scalar"] = 1
    path = tmp_path / "s.json"
    result = call("paper", "separable", "-o", tmp_path / "s.png", "--json", path, *GRID)
    assert result.exit_code == 1
    assert "DIFFERS" in result.stdout
    scalar = json.loads(path.read_text())["sets"][1]["points"]
    assert scalar[0]["separable_cycles"] is None
    assert scalar[0]["measured"] is None
    assert not (tmp_path / "s.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--outputs", "8,x"), "--outputs 8,x: is not a list of numbers such as 8,16"),
        (("--outputs", "0"), "--outputs 0: 0 must be 1 to 1024"),
        (("--windows", "99"), "--windows 99: 99 must be 1 to 15"),
        (("-o", "s.jpg"), "s.jpg: must end with .png"),
        (("-o", "no folder/s.png"), "no folder/s.png: cannot be written"),
    ],
)
def test_it_refuses_in_one_line(arguments: tuple[str, ...], message: str) -> None:
    pytest.importorskip("matplotlib")
    result = call("paper", "separable", "-o", "s.png", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
