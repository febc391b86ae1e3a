"""Runs jobs on this computer and gives their logs, with counts of 0."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dwpw.errors import UserError
from dwpw.hostengine.server import HostJob, HostServer, ServerEnded
from dwpw.image.format import Header, spans_at
from dwpw.jobs import NOBODY, Cancelled, Job, Observer, content_of, read_log
from dwpw.plan.image import arena_offset
from dwpw.runlog import LogLine, RunLog, parse_line


@dataclass(frozen=True)
class HostRunner:
    """Runs each job in a process of its own.

    program: from `dwpw.hostengine.compiled`.
    cancel: ends every run of this runner, at its next line.
    """

    program: Path
    cancel: threading.Event = field(default_factory=threading.Event)

    def run(
        self,
        job: Job,
        observer: Observer = NOBODY,
        on_dump: Callable[[bytes], None] = lambda _: None,
    ) -> RunLog:
        """The job's log; `UserError` when the firmware refuses the image or dies of it.

        on_dump: told about every tensor of an image that asks for dumps.
        """
        with HostServer(self.program) as server:
            return self._run_on(server, job, observer, on_dump)

    def run_many(self, job: Job, runs: Sequence[Sequence[np.ndarray]]) -> list[RunLog]:
        """The log of the same image with the inputs of each run, by one process."""
        with HostServer(self.program) as server:
            return [self._run_on(server, replace(job, inputs=tuple(tensors))) for tensors in runs]

    def _run_on(
        self,
        server: HostServer,
        job: Job,
        observer: Observer = NOBODY,
        on_dump: Callable[[bytes], None] = lambda _: None,
    ) -> RunLog:
        lines: list[LogLine] = []

        def on_line(text: str) -> None:
            if self.cancel.is_set():
                raise Cancelled
            line = parse_line(text)
            lines.append(line)
            observer.hear(line)

        try:
            server.run(host_job(job.image, job.inputs), on_line, on_dump)
        except ServerEnded as error:
            raise UserError(_obituary(job, lines, error)) from error
        try:
            return read_log(job, lines)
        except UserError as error:
            raise UserError(f"{job.plan.graph.path}: {job.name}: {error}") from error


def host_job(
    image: bytes, tensors: Sequence[np.ndarray], memory_size: int | None = None
) -> HostJob:
    """An image with int8 tensors; `memory_size` defaults to what image and arena need."""
    header = Header.from_buffer_copy(image)
    arena = arena_offset(len(image))
    size = arena + header.arena_size if memory_size is None else memory_size
    spans = spans_at(image, header.inputs)
    contents = [content_of(tensor) for tensor in tensors]
    inputs = [(arena + span.offset, one) for span, one in zip(spans, contents, strict=True)]
    return HostJob(image, size, tuple(inputs))


def _obituary(job: Job, lines: list[LogLine], error: ServerEnded) -> str:
    """Where the run was, as far as its log tells."""
    done = sum(line.event is not None and line.event["dwpw"] == "layer" for line in lines)
    steps = job.plan.steps
    step = steps[min(done, len(steps) - 1)]
    return (
        f"{job.plan.graph.path}: {job.name}: the firmware on this computer ended with {error}, at"
        f" {step.operators[0].operator} ({step.kernel}); docs/extend.md tells how to run a kernel"
        " under the sanitizers"
    )
