"""A model with every operator through the simulated SoC: the whole tool, nothing replaced.

The first run on a machine builds the simulator, which takes a minute.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dwpw.build import build_machine
from dwpw.cli import cli
from dwpw.errors import UserError
from dwpw.inputs import random_input
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.run import Job, SimulatorRunner, make_job
from tests.support.targets import REFERENCE, TARGET


def test_all_kernel_sets_are_exact_on_the_simulated_soc(model_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    result = CliRunner().invoke(cli, ["compare", str(model_path), "--json", str(path)])
    assert result.exit_code == 0, result.output
    data = json.loads(path.read_text())
    assert [run["kernels"] for run in data["runs"]] == ["reference", "scalar", "simd"]
    for run in data["runs"]:
        assert run["exact"]
        assert run["cycles"] == sum(layer["cycles"] for layer in run["layers"]) > 0


def test_check_compares_every_tensor_on_the_simulated_soc(model_path: Path) -> None:
    result = CliRunner().invoke(cli, ["sim", str(model_path), "--check"])
    assert result.exit_code == 0, result.output
    assert "all 10 tensors are bit-exact" in result.stdout
    assert "first wrong element" not in result.stdout


def test_a_damaged_image_is_refused_by_the_firmware_and_not_run(graph: Graph) -> None:
    job = make_job(plan(graph, TARGET, REFERENCE), random_input(graph.input_tensor).tensor)
    image = bytearray(job.image)
    image[-40] ^= 1
    runner = SimulatorRunner(build_machine(TARGET, lambda _: None))
    with pytest.raises(UserError, match=r"the firmware stopped with error 4 \(BAD_CRC\)"):
        runner.run(Job(job.plan, bytes(image), job.input))


def test_a_run_that_takes_too_long_is_ended_with_its_last_line(graph: Graph) -> None:
    job = make_job(plan(graph, TARGET, REFERENCE), random_input(graph.input_tensor).tensor)
    runner = SimulatorRunner(build_machine(TARGET, lambda _: None), max_cycles=1000)
    with pytest.raises(UserError, match=r"reference: the run was ended at 1,000 cycles"):
        runner.run(job)
