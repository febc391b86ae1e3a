"""Runs behind a line: what comes back, and what is made of it when it comes back damaged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.image.format import VERSION
from dwpw.inputs import random_tensors
from dwpw.jobs import Job, Observer, loads, make_job
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.runlog import RunLog
from dwpw.serialport.runner import SerialRunner
from soc import memory_map
from tests.dwpw.fake_run import run_log
from tests.dwpw.serialport.fake_bios import REQUEST, TIMING, Bios, FakeLine
from tests.support.targets import SIMD, TARGET

FIRMWARE = b"firmware" * 100


@pytest.fixture
def job(graph: Graph) -> Job:
    """A job of the model with every operator."""
    return make_job(plan(graph, TARGET, SIMD), random_tensors(graph))


@pytest.fixture
def expected(job: Job) -> RunLog:
    """The log of its exact run."""
    return run_log(job.plan, golden_layers(job.plan.graph, job.inputs))


def printed(log: RunLog) -> str:
    """A log as the firmware prints it."""
    layers = [
        {"dwpw": "layer", "index": layer.index, "kernel": layer.kernel, "cycles": layer.cycles,
         "instructions": layer.instructions, "crcs": [f"{crc:08x}" for crc in layer.crcs]}
        for layer in log.layers
    ]  # fmt: skip
    lines = [
        {"dwpw": "start", "version": VERSION, "clock_hz": log.clock_hz, "operators": len(layers)},
        *layers,
        {"dwpw": "end", "cycles": log.cycles, "instructions": log.instructions,
         "output": list(log.output)},
    ]  # fmt: skip
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


@pytest.fixture
def run(job: Job, monkeypatch: pytest.MonkeyPatch) -> Callable[..., RunLog]:
    """Runs the job against a BIOS whose program prints a text; the fixture's `line` is the last."""

    def run(text: str | bytes, observer: Observer | None = None) -> RunLog:
        data = text.encode() if isinstance(text, str) else text
        line = FakeLine(Bios(program=lambda _: data))
        run.line = line
        monkeypatch.setattr(time, "monotonic", line.monotonic)
        runner = SerialRunner(line, TIMING, FIRMWARE, clock_hz=50_000_000, on_upload=on_upload)
        return runner.run(job, observer or Observer())

    def on_upload(total: int, brought: int) -> None:
        run.uploads.append((total, brought))

    run.uploads = []
    return run


def test_log_comes_back_and_everything_lies_where_the_firmware_looks(
    run: Callable[..., RunLog], job: Job, expected: RunLog
) -> None:
    log = run(printed(expected))
    assert [layer.cycles for layer in log.layers] == [layer.cycles for layer in expected.layers]
    assert log.output == expected.output
    bios = run.line.bios
    assert bios.jumps == [memory_map.FIRMWARE_BASE]
    for address, data in loads(job, FIRMWARE):
        assert bytes(bios.memory[address + i] for i in range(len(data))) == data
    total = run.uploads[0][0]
    assert sum(brought for _, brought in run.uploads) == total == len(bios.memory)


def test_events_and_lines_are_told_as_they_come(
    run: Callable[..., RunLog], expected: RunLog
) -> None:
    events: list[str] = []
    lines: list[str] = []
    observer = Observer(on_event=lambda one: events.append(one["dwpw"]), on_line=lines.append)
    run("hello\n" + printed(expected), observer)
    assert events == ["start", *["layer"] * 10, "end"]
    assert "hello" in lines


def test_a_line_is_parsed_once(
    run: Callable[..., RunLog], expected: RunLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    loads = json.loads
    monkeypatch.setattr(json, "loads", lambda text: parsed.append(text) or loads(text))
    text = printed(expected)
    run(text)
    assert parsed == text.splitlines()


def test_lost_layer_is_one_error(run: Callable[..., RunLog], expected: RunLog) -> None:
    text = printed(expected).replace('{"dwpw":"layer","index":3', '{"dwpw:"layer","index":3')
    with pytest.raises(UserError, match="the run log is incomplete: 9 of 10 layers arrived"):
        run(text)


@pytest.mark.parametrize("field", ["cycles", "instructions"])
def test_lost_digit_does_not_pass_for_a_result(
    run: Callable[..., RunLog], expected: RunLog, field: str
) -> None:
    wanted = getattr(expected.layers[9], field)
    text = printed(expected).replace(f'"{field}":{wanted},"', f'"{field}":{wanted // 10},"', 1)
    with pytest.raises(UserError, match="the run log is damaged: its layers sum up to"):
        run(text)


def test_firmware_that_falls_silent_is_one_error(
    run: Callable[..., RunLog], expected: RunLog
) -> None:
    text = printed(expected)[:-20]
    last = '{"dwpw":"layer","index":9'
    with pytest.raises(UserError, match=rf"nothing came for \d+ s .* the last line was: {last}"):
        run(text)
    assert run.line.now < 60


def test_restart_before_the_end_is_one_error(run: Callable[..., RunLog], expected: RunLog) -> None:
    text = printed(expected).encode()[:-20] + b"\nLiteX\n" + REQUEST
    with pytest.raises(UserError, match=r'for a program again; the log.*"dwpw":"end"'):
        run(text)


def test_error_of_the_firmware_is_reported(run: Callable[..., RunLog]) -> None:
    with pytest.raises(UserError, match=r"the firmware stopped with error 4 \(BAD_CRC\)"):
        run('{"dwpw":"error","code":4,"name":"BAD_CRC"}\n')


def test_other_kernels_than_planned_are_refused(
    run: Callable[..., RunLog], job: Job, expected: RunLog
) -> None:
    text = printed(expected).replace(job.plan.steps[1].kernel, "reference/conv")
    with pytest.raises(UserError, match="but the firmware ran reference/conv"):
        run(text)


def test_input_is_uploaded_as_int8(job: Job) -> None:
    (tensor,) = job.inputs
    assert tensor.dtype == np.int8
    assert loads(job, b"")[2][1] == tensor.tobytes()
    assert isinstance(job.plan.graph.path, Path)
