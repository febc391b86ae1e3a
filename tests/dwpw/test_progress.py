"""What is told of a run while it goes on, where there is no terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from dwpw.console import progress
from dwpw.console.progress import PLAIN_SECONDS, RunDisplay
from dwpw.console.upload import UploadDisplay
from dwpw.inputs import random_tensors
from dwpw.jobs import Job, make_job, whole_run
from dwpw.model import Graph
from dwpw.plan.planner import plan
from soc.sim.simulate import Progress
from tests.support.targets import SIMD, TARGET


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


@pytest.fixture
def job(graph: Graph) -> Job:
    return make_job(plan(graph, TARGET, SIMD), random_tensors(graph))


def file_console() -> Console:
    return Console(file=io.StringIO(), width=80)


def told(console: Console) -> list[str]:
    return console.file.getvalue().splitlines()


def run_for(clock: Clock, job: Job, seconds: int) -> list[str]:
    """The lines about a run that finishes a layer every two seconds and reports every second."""
    console = file_console()
    with RunDisplay(console, [job]) as display:
        observer = display.observer(job)
        for second in range(1, seconds + 1):
            clock.now += 1
            if second % 2 == 0 and not job.whole:
                observer.on_event({"dwpw": "layer", "index": second // 2 - 1})
            observer.on_progress(Progress(second * 2_000_000, 2e6, ended=second == seconds))
    return told(console)


def test_a_long_run_tells_every_ten_seconds_how_far_it_is(clock: Clock, job: Job) -> None:
    assert run_for(clock, job, 2 * PLAIN_SECONDS + 4) == [
        "simd: 5/10 layers, 20.00 M cycles simulated, 2.00 M cycles/s, 10 s",
        "simd: 10/10 layers, 40.00 M cycles simulated, 2.00 M cycles/s, 20 s",
        "simd: ended after 24.0 s, 48.00 M cycles simulated, 2.00 M cycles/s",
    ]


def test_a_run_measured_as_a_whole_tells_its_cycles(clock: Clock, job: Job) -> None:
    assert run_for(clock, whole_run(job), PLAIN_SECONDS + 1) == [
        "simd whole: 20.00 M cycles simulated, 2.00 M cycles/s, 10 s",
        "simd whole: ended after 11.0 s, 22.00 M cycles simulated, 2.00 M cycles/s",
    ]


def test_a_short_run_tells_its_end_only(clock: Clock, job: Job) -> None:
    assert len(run_for(clock, job, PLAIN_SECONDS - 1)) == 1


def test_a_terminal_gets_no_plain_lines(clock: Clock, job: Job) -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    display = RunDisplay(console, [job])
    for second in range(30):
        clock.now += 1
        display.observer(job).on_progress(Progress(second, 1.0, ended=second == 29))
    assert "ended after" not in console.file.getvalue()


def test_an_upload_tells_every_ten_seconds_how_far_it_is(clock: Clock, job: Job) -> None:
    console = file_console()
    with UploadDisplay(console, job) as display:
        for _ in range(25):
            display.on_upload(25_000, 1000)
            clock.now += 1
        for index in range(12):
            display.observer.on_event({"dwpw": "layer", "index": index % 10})
    assert told(console) == [
        "uploading: 11,000 of 25,000 bytes",
        "uploading: 21,000 of 25,000 bytes",
        "uploaded 25,000 bytes in 24.0 s (1.0 kB/s)",
    ]
