"""The host engine for tests: under the sanitizers, with a limit of time, and whole answers.

    with HostFirmware(build_server()) as firmware:
        result = firmware.run(image, [input_tensor])

One server process runs any number of images.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from dwpw.hostengine.compiled import compiled_server
from dwpw.hostengine.engine import host_job
from dwpw.hostengine.server import HostJob, HostServer, ServerEnded
from dwpw.image.format import ErrorCode, Header, spans_at
from dwpw.plan.image import arena_offset
from dwpw.target.target import Target
from tests.support.targets import TARGET

SANITIZED = (
    *("-O0", "-g1", "-Werror"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
"""A loop made for many shapes stays one function that reads the shape: its statements run under the
sanitizers as they are, and compile in a tenth of the time that all its copies take. What the
optimiser would save in a test is less than its own time."""

JOB_SECONDS = 30
"""The largest job takes one."""


def build_server(target: Target = TARGET) -> Path:
    """The server under the sanitizers."""
    return compiled_server(target, flags=SANITIZED)


@dataclass(frozen=True)
class HostRun:
    """What the firmware answered: its status, its run log, and the dumped tensors as one array."""

    status: int
    lines: tuple[dict, ...]
    dump: np.ndarray

    @property
    def error(self) -> ErrorCode | None:
        """Why the firmware refused the image."""
        return ErrorCode(self.status) if self.status else None

    @property
    def layers(self) -> tuple[dict, ...]:
        """The layer lines of the log."""
        return tuple(line for line in self.lines if line["dwpw"] == "layer")


def no_values(image: bytes) -> list[np.ndarray]:
    """Inputs of zeros for an image."""
    spans = spans_at(image, Header.from_buffer_copy(image).inputs)
    return [np.zeros(span.size, np.int8) for span in spans]


class HostFirmware:
    """A running server whose end fails the test; a context manager that ends it."""

    def __init__(self, program: Path) -> None:
        self._server = HostServer(program, JOB_SECONDS)

    def __enter__(self) -> HostFirmware:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def run(self, image: bytes, tensors: Sequence[np.ndarray]) -> HostRun:
        """Run an image on int8 tensors."""
        return self._answer(host_job(image, tensors))

    def run_raw(self, image: bytes, memory_size: int, arena: bytes = b"") -> HostRun:
        """Run an image whose header may be wrong; `arena`: what is put behind it."""
        inputs = ((arena_offset(len(image)), arena),) if arena else ()
        return self._answer(HostJob(image, memory_size, inputs))

    def _answer(self, job: HostJob) -> HostRun:
        lines: list[str] = []
        dumps: list[bytes] = []
        try:
            status = self._server.run(job, lines.append, dumps.append)
        except ServerEnded as error:
            pytest.fail(f"the firmware's server ended with {error}\n{error.report}")
        events = tuple(json.loads(line) for line in lines)
        return HostRun(status, events, np.frombuffer(b"".join(dumps), np.int8))
