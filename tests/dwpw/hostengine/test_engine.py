"""Jobs on the host engine, and how they end when it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from dwpw.console.onhost import HostDisplay
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.hostengine.compiled import compiled_server
from dwpw.hostengine.engine import HostRunner
from dwpw.image.format import Flag
from dwpw.inputs import random_tensors
from dwpw.jobs import Cancelled, Job, Observer, make_host_job
from dwpw.model import Graph, read_model
from dwpw.plan.planner import plan
from tests.support.targets import SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Quantisation, Reshape


@pytest.fixture
def job(graph: Graph) -> Job:
    tensors = random_tensors(graph)
    return make_host_job(plan(graph, TARGET, SIMD), tensors, Flag.DUMP_TENSORS)


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """An executable shell script in the server's place."""

    def write(text: str) -> Path:
        path = tmp_path / "server"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    return write


def test_lines_and_tensors_come_in_the_order_of_the_layers(job: Job) -> None:
    heard: list[object] = []
    observer = Observer(on_event=lambda event: heard.append(event["dwpw"]))
    log = HostRunner(compiled_server(TARGET)).run(job, observer, lambda _: heard.append("dump"))
    assert heard == ["start", *(["layer", "dump"] * 10), "end"]
    wanted = golden_layers(job.plan.graph, job.inputs)
    assert [layer.crcs for layer in log.layers] == [(one.crc,) for one in wanted]
    assert (log.cycles, log.instructions) == (0, 0)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("kill -SEGV $$", "SIGSEGV"),
        ("kill -ALRM $$", "SIGALRM, out of time"),
        ("cat >/dev/null & echo 'a reason' >&2; exit 3", r"exit status 3 \(a reason\)"),
    ],
)
def test_an_engine_that_dies_is_told_with_its_operator(
    text: str, cause: str, job: Job, program: Callable[[str], Path]
) -> None:
    wanted = (
        rf"every.tflite: simd: the firmware on this computer ended with {cause}, at operator 0"
        r" \(PAD 'layer0'\) \(reference/pad\); docs/extend.md"
    )
    with pytest.raises(UserError, match=wanted):
        HostRunner(program(text)).run(job)


def test_an_image_that_the_firmware_refuses_is_one_line(job: Job) -> None:
    image = bytearray(job.image)
    image[-40] ^= 1
    with pytest.raises(UserError, match=r"the firmware stopped with error 4 \(BAD_CRC\)"):
        HostRunner(compiled_server(TARGET)).run(Job(job.plan, bytes(image), job.inputs))


def test_an_output_of_thousands_of_values_comes_in_one_line(tmp_path: Path) -> None:
    quantisation = Quantisation(0.05, 3)
    flat = Reshape(output=quantisation, shape=(1, 4096))
    path = tmp_path / "wide.tflite"
    path.write_bytes(build_model((1, 32, 32, 4), quantisation, [flat]))
    wide = read_model(path)
    tensors = random_tensors(wide)
    log = HostRunner(compiled_server(TARGET)).run(make_host_job(plan(wide, TARGET, SIMD), tensors))
    assert log.output == tuple(tensors[0].ravel())


def test_a_cancelled_run_ends_at_its_next_line(job: Job) -> None:
    runner = HostRunner(compiled_server(TARGET))
    observer = Observer(on_event=lambda event: runner.cancel.set())
    with pytest.raises(Cancelled):
        runner.run(job, observer)


def test_without_a_terminal_the_end_is_one_line(job: Job) -> None:
    console = Console(width=100, force_terminal=False)
    with console.capture() as said, HostDisplay(console, [job]) as display:
        HostRunner(compiled_server(TARGET)).run(job, display.observer(job))
    assert said.get().startswith("simd: ended after ")
    assert said.get().count("\n") == 1
