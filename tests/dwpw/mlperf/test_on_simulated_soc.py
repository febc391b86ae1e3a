"""The device as a runner meets it: the simulated SoC with the firmware, behind a pseudo-terminal.

The first run on a machine compiles the simulator, which takes a minute or two.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dwpw.mlperf.benchmark import settings_of
from dwpw.mlperf.sample import Sample, random_sample
from dwpw.model import read_model
from tests.support.mlperf_device import load_commands, tiny_model
from tests.support.mlperf_runner import Runner
from tests.support.targets import SIMD
from tests.support.terminal_process import terminal_of

REBOOT = b"\nserialboot\n"
"""Restarts the firmware, as the reset button of a board does."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("model") / "tiny.tflite")


@pytest.fixture(scope="module")
def sample(model: Path) -> Sample:
    graph = read_model(model)
    return random_sample(graph, settings_of(graph, SIMD, "vww01"))


@pytest.fixture(scope="module")
def port(repository: Path, model: Path) -> Iterator[str]:
    with terminal_of(repository, "mlperf", str(model), "--pty", "--model-id", "vww01") as name:
        yield name


@pytest.fixture
def runner(port: str) -> Iterator[Runner]:
    with Runner(port) as opened:
        yield opened


def test_device_tells_what_it_is(runner: Runner) -> None:
    assert runner.profile() == {
        "name-dut": "dwpw simd",
        "profile": "ULPMark for tinyML Firmware V0.0.1",
        "model": "vww01",
    }


def test_throughput_is_that_of_simulated_time(runner: Runner, sample: Sample) -> None:
    assert "m-load-done" in runner.load(sample.content)
    once, often = runner.infer(1, 1), runner.infer(20, 0)
    assert sample.agrees(once.results)
    assert sample.agrees(often.results)
    # The cycles of one inference of this model are some ten thousand.
    assert 20 < often.microseconds < 20_000
    assert often.microseconds > 5 * once.microseconds


def test_commands_come_in_pieces_with_pauses_and_joined(runner: Runner, sample: Sample) -> None:
    for byte in b"db load 60%":
        runner.write(bytes([byte]))
        time.sleep(0.01)
    assert runner.read_answer() == ["m-[Expecting 60 bytes]", "m-ready"]
    joined = load_commands(sample.content) + "infer 1 0%"
    runner.write(joined.encode())
    lines = [line for _ in range(4) for line in runner.read_answer()]
    assert lines[:5] == ["m-[Expecting 60 bytes]", *["m-ready"] * 2, "m-load-done", "m-ready"]
    assert "m-infer-done" in lines


def test_garbage_is_an_error_and_nothing_more(runner: Runner, sample: Sample) -> None:
    generator = np.random.default_rng(7)
    garbage = generator.integers(0, 256, 300, dtype=np.uint8).tobytes().replace(b"%", b"")
    runner.write(garbage + b"%")
    lines = runner.read_answer()
    assert lines == ["e-[A command has at most 80 characters]", "m-ready"]
    runner.load(sample.content)
    assert sample.agrees(runner.infer(1, 0).results)


def test_reset_in_the_middle_of_a_command_starts_anew(runner: Runner, sample: Sample) -> None:
    runner.ask("db load 60")
    runner.write(b"db 00112233" + REBOOT)
    assert runner.read_answer() == ["m-timestamp-mode-performance", "m-init-done", "m-ready"]
    assert runner.ask("infer 1 0") == [
        "e-[infer: load the model's 60 bytes of input first]",
        "m-ready",
    ]
    runner.load(sample.content)
    assert sample.agrees(runner.infer(1, 0).results)


def test_runner_that_left_in_the_middle_disturbs_the_next_by_one_error(port: str) -> None:
    with Runner(port) as first:
        first.write(b"db load 60%db 0011")
        time.sleep(0.5)
    with Runner(port) as second:
        assert "m-ready" in second.ask("")[-1]
        assert second.profile()["model"] == "vww01"
