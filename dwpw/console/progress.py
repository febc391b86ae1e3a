"""Progress of builds and runs: live bars on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn

from dwpw.jobs import Job, Observer
from dwpw.plan.planner import PlannedStep
from dwpw.report.numbers import short
from soc.sim.simulate import Progress as SimulatorProgress

OPERATOR_WORTH = 2_000
"""MACs that an operator counts for in the bar beyond its own; some have none."""

PLAIN_SECONDS = 10
"""Between two plain lines about the same run."""


@contextmanager
def build_steps(console: Console) -> Iterator[Any]:
    """A function that is told about every step of a build."""
    if not console.is_terminal:
        yield lambda step: console.print(step, highlight=False, soft_wrap=True)
        return
    with console.status("checking the build") as status:
        yield status.update


def worth(step: PlannedStep) -> int:
    """What a step moves the bar by."""
    return sum(planned.operator.macs + OPERATOR_WORTH for planned in step.operators)


class PlainLines:
    """Where there is no terminal: says that something is still going on, but not too often."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = self._said = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    def say(self, text: str) -> None:
        """Print a line, whenever the last one was."""
        self._said = time.monotonic()
        if not self._console.is_terminal:
            self._console.print(text, highlight=False, soft_wrap=True)

    def say_now_and_then(self, text: str) -> None:
        """Print a line unless the last one is younger than PLAIN_SECONDS."""
        if time.monotonic() - self._said >= PLAIN_SECONDS:
            self.say(text)


class JobBars:
    """One line per run, with the layers that are done. A context manager.

    columns: what a line shows behind the layers; fields: of a task, at its start.
    """

    def __init__(
        self,
        console: Console,
        jobs: Sequence[Job],
        columns: Sequence[ProgressColumn],
        **fields: object,
    ) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("{task.description:<15}"),
            BarColumn(24),
            TextColumn("{task.fields[layers]:>12}"),
            *columns,
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks = {job.name: self._add(job, fields) for job in jobs}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _add(self, job: Job, fields: Mapping[str, object]) -> TaskID:
        steps = job.plan.steps
        # A run that is measured as a whole says nothing of its layers: its bar only moves.
        total = None if job.whole else sum(map(worth, steps))
        layers = "" if job.whole else f"0/{len(steps)} layers"
        return self._bars.add_task(job.name, total=total, layers=layers, **fields)


class RunDisplay(JobBars):
    """Simulated runs: cycles and speed."""

    def __init__(self, console: Console, jobs: Sequence[Job]) -> None:
        columns = (
            TextColumn("{task.fields[cycles]:>8} cycles"),
            TextColumn("{task.fields[speed]}"),
        )
        super().__init__(console, jobs, columns, cycles="0", speed="waiting")

    def observer(self, job: Job) -> Observer:
        """What a run reports to."""
        steps = job.plan.steps
        task = self._tasks[job.name]
        lines = PlainLines(self._console)
        done = 0

        def on_event(event: Mapping[str, Any]) -> None:
            nonlocal done
            if event["dwpw"] == "layer":
                done = event["index"] + 1
                self._bars.update(task, layers=f"{done}/{len(steps)} layers")
                if done <= len(steps):
                    self._bars.advance(task, worth(steps[done - 1]))

        def on_progress(progress: SimulatorProgress) -> None:
            speed = f"{progress.hz / 1e6:.2f} M cycles/s"
            cycles = short(progress.cycles)
            self._bars.update(task, cycles=cycles, speed=speed)
            layers = "" if job.whole else f" {done}/{len(steps)} layers,"
            what = f"{cycles} cycles simulated, {speed}"
            if progress.ended:
                lines.say(f"{job.name}: ended after {lines.seconds:.1f} s, {what}")
            else:
                lines.say_now_and_then(f"{job.name}:{layers} {what}, {lines.seconds:.0f} s")

        return Observer(on_event=on_event, on_progress=on_progress)
