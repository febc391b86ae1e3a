"""Running jobs at the same time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from dwpw.errors import UserError
from dwpw.inputs import random_tensors
from dwpw.jobs import NOBODY, Cancelled, Job, Observer, SimulatorRunner
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.runlog import RunLog
from dwpw.sidebyside import measure_side_by_side, run_side_by_side
from tests.support.targets import KERNEL_SETS, REFERENCE, SCALAR, TARGET

SETS = (SCALAR, REFERENCE)


@pytest.fixture
def jobs(graph: Graph) -> list[Job]:
    tensors = random_tensors(graph)
    return [Job(plan(graph, TARGET, one), b"", tensors) for one in SETS]


@dataclass(frozen=True)
class FakeRunner(SimulatorRunner):
    """Notes which jobs were started; `failing` names one that fails, the others wait for cancel."""

    machine: Path = Path()
    started: tuple[list[str]] = ([],)
    failing: str = ""

    def run(self, job: Job, observer: Observer = NOBODY, **_: object) -> RunLog:
        self.started[0].append(job.name)
        if job.name == self.failing:
            raise UserError(f"{job.name} fails")
        if self.failing:
            assert self.cancel.wait(10)
            raise Cancelled
        return RunLog(1, (), 0, int(job.whole), (KERNEL_SETS.index(job.plan.kernel_set),))


def test_logs_come_in_the_order_of_the_jobs_and_the_longest_starts_first(jobs: list[Job]) -> None:
    runner = FakeRunner(started=([],))
    logs = run_side_by_side(runner, jobs, lambda _: NOBODY)
    assert [log.output for log in logs] == [(KERNEL_SETS.index(one),) for one in SETS]
    assert runner.started[0][0] == "reference"


def test_every_set_runs_layer_by_layer_and_as_a_whole(jobs: list[Job]) -> None:
    runner = FakeRunner(started=([],))
    measured = measure_side_by_side(runner, jobs, lambda _: NOBODY)
    assert sorted(runner.started[0]) == ["reference", "reference whole", "scalar", "scalar whole"]
    for one, kernel_set in zip(measured, SETS, strict=True):
        assert one.layers.output == one.whole.output == (KERNEL_SETS.index(kernel_set),)
        assert (one.layers.instructions, one.whole.instructions) == (0, 1)


def test_when_one_fails_the_others_end_and_its_error_is_told(jobs: list[Job]) -> None:
    runner = FakeRunner(failing="scalar", cancel=threading.Event(), started=([],))
    with pytest.raises(UserError, match="scalar fails"):
        run_side_by_side(runner, jobs, lambda _: NOBODY)
    assert runner.cancel.is_set()
