"""The interpreter's process, from outside: what it is sent, what it answers, how it dies."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from multiprocessing.connection import Connection, Pipe

import numpy as np

from dwpw.errors import UserError
from dwpw.golden.ours import Ours
from soc.paths import python_path

PACKAGE = "ai-edge-litert"
MODULE = "dwpw.golden.interpreter"


def version_of_package() -> str:
    """Name and version of what computes most of the layers."""
    return f"{PACKAGE} {version(PACKAGE)}"


@dataclass(frozen=True)
class Job:
    """One run of a model.

    content: the .tflite file; inputs: the numbers of its inputs; tensors: one for each, as the
        file takes it.
    outputs: numbers of the tensors that are asked for, as int8 in their shapes.
    ours: what computes the operators that the interpreter must not, by their place in the file.
    """

    content: bytes = field(repr=False)
    inputs: tuple[int, ...]
    tensors: tuple[np.ndarray, ...] = field(repr=False)
    outputs: tuple[int, ...]
    ours: Mapping[int, Ours] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """One model, run again and again.

    job: the model and what is asked for; its own tensors are not looked at.
    tensors: those of each run.
    """

    job: Job
    tensors: tuple[tuple[np.ndarray, ...], ...] = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    """The answer to a job that the interpreter does not take, with its reason or ""."""

    reason: str


class Refused(Exception):
    """The interpreter does not take the model; the text is its reason."""


class Died(Exception):
    """The process has ended instead of answering; the text says of what."""


class InterpreterProcess:
    """Starts the process with the first job, and again after it has died. Threads take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._connection: Connection | None = None
        self._printed = -1

    def run(self, job: Job) -> list[np.ndarray]:
        """The job's outputs; `Refused`, `Died`, or `UserError` when no process can be started."""
        with self._turn:
            return self._ask(job)

    def run_batch(self, batch: Batch) -> list[list[np.ndarray]]:
        """The outputs of each run; raises what `run` raises."""
        with self._turn:
            return self._ask(batch)

    def _ask(self, request: Job | Batch) -> list:
        if self._process is None:
            self._start()
        try:
            self._connection.send(request)
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise Died(self._cause_of_death()) from error
        except BaseException:  # such as Ctrl-C: it may compute for long
            self._process.kill()
            self.close()
            raise
        if isinstance(answer, Refusal):
            raise Refused(answer.reason or self._last_line() or "no reason given")
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._connection.close()
            self._process.wait()
            os.close(self._printed)
            self._printed, self._process = -1, None

    def _start(self) -> None:
        here, there = Pipe()
        try:
            # What native code prints goes to memory: a temporary folder may be full.
            self._printed = os.memfd_create("dwpw-golden")
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(there.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._printed,
                stderr=self._printed,
                pass_fds=[there.fileno()],
                env={**os.environ, "PYTHONPATH": python_path()},
            )
        except OSError as error:
            here.close()
            if self._printed >= 0:
                os.close(self._printed)
                self._printed = -1
            raise UserError(
                f"{version_of_package()} cannot be started: {error.strerror}; close other programs"
            ) from error
        finally:
            there.close()
        self._connection = here

    def _cause_of_death(self) -> str:
        process = self._process
        self._connection.close()
        status = process.wait()
        last = self._last_line()
        self.close()
        cause = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return f"{cause} ({last})" if last else cause

    def _last_line(self) -> str:
        """The last thing that was printed."""
        size = os.fstat(self._printed).st_size
        text = os.pread(self._printed, size, 0).decode(errors="replace").strip()
        return " ".join(text.splitlines()[-1].split()) if text else ""


@cache
def shared_process() -> InterpreterProcess:
    """The one that serves this program as long as it runs: half a second to start, once."""
    process = InterpreterProcess()
    atexit.register(process.close)
    return process
