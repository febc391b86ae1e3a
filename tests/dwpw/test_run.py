"""A run on the simulator as its runner hears it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dwpw.golden import golden_layers
from dwpw.image.format import Flag, Header
from dwpw.inputs import random_tensors
from dwpw.jobs import Job, Observer, SimulatorRunner, as_on_a_board, make_job, whole_run
from dwpw.machine import Machine
from dwpw.model import Graph
from dwpw.plan.planner import plan
from tests.dwpw.fake_run import run_log
from tests.dwpw.serialport.test_runner import printed
from tests.support.targets import SIMD, TARGET


@pytest.fixture
def job(graph: Graph) -> Job:
    return make_job(plan(graph, TARGET, SIMD), random_tensors(graph))


def test_a_line_is_parsed_once(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(run_log(job.plan, golden_layers(job.plan.graph, job.inputs)))
    (tmp_path / "firmware.bin").write_bytes(b"")

    def simulate(
        _simulator: object,
        _loads: object,
        _limit: int,
        on_line: Callable[[str], None],
        *_: object,
        **__: object,
    ) -> int:
        for line in text.splitlines():
            on_line(line)
        return 0

    parsed: list[str] = []
    loads = json.loads
    monkeypatch.setattr("dwpw.jobs.simulate", simulate)
    monkeypatch.setattr(json, "loads", lambda text: parsed.append(text) or loads(text))
    events: list[str] = []
    observer = Observer(on_event=lambda event: events.append(event["dwpw"]))
    machine = Machine(TARGET, None, tmp_path / "firmware.bin")
    log = SimulatorRunner(machine).run(job, observer)
    assert parsed == text.splitlines()
    assert events == ["start", *["layer"] * 10, "end"]
    assert len(log.layers) == 10


def flags(job: Job) -> Flag:
    """Those of the job's image."""
    return Flag(Header.from_buffer_copy(job.image).flags)


def test_a_run_is_asked_for_by_flags_of_the_image(job: Job) -> None:
    assert (flags(job), job.whole) == (Flag(0), False)
    assert (flags(whole_run(job)), whole_run(job).whole) == (Flag.WHOLE, True)
    assert (flags(as_on_a_board(job)), as_on_a_board(job).whole) == (Flag.CPU_CHECKSUMS, False)
