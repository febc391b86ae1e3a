"""The interpreter's process: it starts once, and never outlives what it serves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dwpw.errors import UserError
from dwpw.golden.process import Batch, Died, InterpreterProcess, Job
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Conv2D, Quantisation, Reshape

QUANTISATION = Quantisation(1.0, 0)


def small_job() -> Job:
    content = build_model((1, 4), QUANTISATION, [Reshape(shape=(1, 2, 2), output=QUANTISATION)])
    return Job(
        content, inputs=(0,), tensors=(np.arange(4, dtype=np.int8).reshape(1, 4),), outputs=(1,)
    )


def long_job() -> Job:
    """Some ten seconds of a convolution."""
    layer = Conv2D(
        weights=np.ones((256, 5, 5, 256), np.int8),
        weight_scale=1.0,
        bias=np.zeros(256, np.int32),
        output=Quantisation(1e6, 0),
    )
    content = build_model((1, 128, 128, 256), QUANTISATION, [layer])
    tensor = np.zeros((1, 128, 128, 256), np.int8)
    return Job(content, inputs=(0,), tensors=(tensor,), outputs=())


@pytest.fixture
def process() -> Iterator[InterpreterProcess]:
    process = InterpreterProcess()
    yield process
    process.close()


def running(number: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


def ends_within(seconds: float, number: int) -> bool:
    limit = time.monotonic() + seconds
    while running(number) and time.monotonic() < limit:
        time.sleep(0.05)
    return not running(number)


def test_one_process_serves_all_jobs(process: InterpreterProcess) -> None:
    (first,) = process.run(small_job())
    number = process._process.pid
    (second,) = process.run(small_job())
    assert process._process.pid == number
    assert first.tolist() == second.tolist() == [[[0, 1], [2, 3]]]


def test_a_killed_process_is_reported_and_replaced(process: InterpreterProcess) -> None:
    process.run(small_job())
    os.kill(process._process.pid, signal.SIGKILL)
    with pytest.raises(Died, match=r"^SIGKILL$"):
        process.run(small_job())
    assert len(process.run(small_job())) == 1


def test_ctrl_c_while_it_computes_ends_it_at_once(process: InterpreterProcess) -> None:
    process.run(small_job())
    number = process._process.pid
    job = long_job()
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            process.run(job)
    finally:
        timer.cancel()
    assert time.monotonic() - start < 3
    assert not running(number)


def test_a_process_that_cannot_be_started_is_one_line(
    process: InterpreterProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(UserError, match=r"^ai-edge-litert .* cannot be started: No such file or"):
        process.run(small_job())


OWNER = """
import os, sys, time
from tests.dwpw.golden.test_process import small_job
from dwpw.golden.process import InterpreterProcess
process = InterpreterProcess()
process.run(small_job())
print(process._process.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_an_owner_that_is_killed(repository: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=repository, stdout=subprocess.PIPE, text=True
    )
    try:
        number = int(owner.stdout.readline())
        assert running(number)
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()
    assert ends_within(5, number)


def test_threads_get_each_their_own_answers(process: InterpreterProcess) -> None:
    def answer(value: int) -> bool:
        job = small_job()
        job = replace(job, tensors=(np.full_like(job.tensors[0], value),))
        return all(bool((process.run(job)[0] == value).all()) for _ in range(50))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(answer, range(4))) == [True] * 4


def test_a_batch_has_an_answer_for_each_of_its_inputs(process: InterpreterProcess) -> None:
    job = small_job()
    runs = tuple((job.tensors[0] + np.int8(number),) for number in range(3))
    answers = process.run_batch(Batch(job, runs))
    assert [[one.tolist() for one in answer] for answer in answers] == [
        [one.tolist() for one in process.run(replace(job, tensors=tensors))] for tensors in runs
    ]
