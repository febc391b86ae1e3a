"""A model with every operator through the simulated SoC: the whole tool, nothing replaced.

The first run on a machine builds the simulator, which takes a minute.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.errors import UserError
from dwpw.inputs import random_tensors
from dwpw.jobs import Job, Observer, SimulatorRunner, as_on_a_board, make_job, whole_run
from dwpw.machine import build_machine
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.runlog import RunLog
from soc.sim.simulate import Progress
from tests.support.targets import REFERENCE, SIMD, TARGET


def test_all_kernel_sets_are_exact_on_the_simulated_soc(model_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    result = CliRunner().invoke(cli, ["compare", str(model_path), "--json", str(path)])
    assert result.exit_code == 0, result.output
    data = json.loads(path.read_text())
    assert [run["kernels"] for run in data["runs"]] == ["reference", "scalar", "simd"]
    for run in data["runs"]:
        assert run["exact"]
        assert run["layer_cycles"] == sum(layer["cycles"] for layer in run["layers"]) > 0
        # Measured another time, and nothing but the caches' contents between the layers apart.
        assert run["cycles"] != run["layer_cycles"]
        assert run["cycles"] == pytest.approx(run["layer_cycles"], rel=0.1)


def test_check_compares_every_tensor_on_the_simulated_soc(model_path: Path) -> None:
    result = CliRunner().invoke(cli, ["sim", str(model_path), "--check"])
    assert result.exit_code == 0, result.output
    assert "all 10 tensors are bit-exact" in result.stdout
    assert "first wrong element" not in result.stdout


def test_both_machines_checksums_agree_and_the_cpu_takes_its_time(graph: Graph) -> None:
    tensors = random_tensors(graph)
    job = make_job(plan(graph, TARGET, SIMD), tensors)
    runner = SimulatorRunner(build_machine(TARGET, lambda _: None))
    simulated: list[int] = []

    def run(one: Job) -> RunLog:
        def on_progress(now: Progress) -> None:
            if now.ended:
                simulated.append(now.cycles)

        return runner.run(one, Observer(on_progress=on_progress))

    by_simulator, by_cpu, whole = run(job), run(as_on_a_board(job)), run(whole_run(job))
    assert [one.crcs for one in by_simulator.layers] == [one.crcs for one in by_cpu.layers]
    assert by_simulator.output == by_cpu.output == whole.output
    assert simulated[0] < simulated[1]


def test_equal_runs_take_equal_cycles_however_they_are_measured(graph: Graph) -> None:
    job = make_job(plan(graph, TARGET, SIMD), random_tensors(graph))
    runner = SimulatorRunner(build_machine(TARGET, lambda _: None))
    for one in (job, whole_run(job)):
        assert runner.run(one) == runner.run(one)


def test_a_damaged_image_is_refused_by_the_firmware_and_not_run(graph: Graph) -> None:
    job = make_job(plan(graph, TARGET, REFERENCE), random_tensors(graph))
    image = bytearray(job.image)
    image[-40] ^= 1
    runner = SimulatorRunner(build_machine(TARGET, lambda _: None))
    with pytest.raises(UserError, match=r"the firmware stopped with error 4 \(BAD_CRC\)"):
        runner.run(Job(job.plan, bytes(image), job.inputs))


def test_a_run_that_takes_too_long_is_ended_with_its_last_line(graph: Graph) -> None:
    job = make_job(plan(graph, TARGET, REFERENCE), random_tensors(graph))
    runner = SimulatorRunner(build_machine(TARGET, lambda _: None), max_cycles=1000)
    with pytest.raises(UserError, match=r"reference: the run was ended at 1,000 cycles"):
        runner.run(job)
