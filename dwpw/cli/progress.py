"""Progress of builds and runs: live bars on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from dwpw.report.numbers import short
from dwpw.run import Job, Observer
from soc.sim.run import Progress as SimulatorProgress

OPERATOR_WORTH = 2_000
"""MACs that an operator counts for in the bar beyond its own; some have none."""


@contextmanager
def build_steps(console: Console) -> Iterator[Any]:
    """A function that is told about every step of a build."""
    if not console.is_terminal:
        yield lambda step: console.print(step, highlight=False, soft_wrap=True)
        return
    with console.status("checking the build") as status:
        yield status.update


class RunDisplay:
    """One line per kernel set: layers done, cycles, speed. A context manager."""

    def __init__(self, console: Console, jobs: Sequence[Job]) -> None:
        self._console = console
        self._started = time.monotonic()
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(24),
            TextColumn("{task.fields[layers]:>7} layers"),
            TextColumn("{task.fields[cycles]:>8} cycles"),
            TextColumn("{task.fields[speed]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks = {job.name: self._add(job) for job in jobs}

    def __enter__(self) -> RunDisplay:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _add(self, job: Job) -> TaskID:
        count = len(job.plan.operators)
        total = job.plan.graph.macs + OPERATOR_WORTH * count
        return self._bars.add_task(
            job.name, total=total, layers=f"0/{count}", cycles="0", speed="waiting"
        )

    def observer(self, job: Job) -> Observer:
        """What a run reports to."""
        operators = job.plan.graph.operators
        task = self._tasks[job.name]

        def on_event(event: Mapping[str, Any]) -> None:
            if event["dwpw"] == "layer":
                index = event["index"]
                self._bars.update(task, layers=f"{index + 1}/{len(operators)}")
                if index < len(operators):
                    self._bars.advance(task, operators[index].macs + OPERATOR_WORTH)

        def on_progress(progress: SimulatorProgress) -> None:
            speed = f"{progress.hz / 1e6:.2f} M cycles/s"
            self._bars.update(task, cycles=short(progress.cycles), speed=speed)
            if progress.ended and not self._console.is_terminal:
                seconds = time.monotonic() - self._started
                self._console.print(
                    f"{job.name}: ended after {seconds:.1f} s,"
                    f" {short(progress.cycles)} cycles simulated, {speed}",
                    highlight=False,
                    soft_wrap=True,
                )

        return Observer(on_event=on_event, on_progress=on_progress)
