"""Runs on this computer: what `compare` and `sim` do with `--engine host`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import TextColumn, TimeRemainingColumn

from dwpw.comparison import Comparison
from dwpw.console.options import RunOptions, output_console, progress_console
from dwpw.console.prepare import Prepared, compare_on, prepare, soc_info
from dwpw.console.progress import JobBars, PlainLines, build_steps, worth
from dwpw.engines import HOST
from dwpw.hostengine.compiled import compiled_server
from dwpw.hostengine.engine import HostRunner
from dwpw.image.format import NO_FLAGS, Flag
from dwpw.jobs import Job, Observer, make_host_job
from dwpw.report.exactness_table import print_exactness
from dwpw.report.jsonfile import write_json
from dwpw.runlog import Measurement
from dwpw.sidebyside import run_side_by_side
from dwpw.target.kernel_set import KernelSet


def prepare_on_host(
    run: RunOptions, sets: Sequence[KernelSet], flags: Flag = NO_FLAGS
) -> tuple[HostRunner, Prepared]:
    """What runs and what is run.  The golden layers may take as long as the run itself."""
    with build_steps(progress_console()) as step:
        runner = HostRunner(compiled_server(run.target, step))
        step("computing the golden layers")
        return runner, prepare(run, sets, flags, make_host_job)


def compare_on_host(
    run: RunOptions, sets: Sequence[KernelSet], json_path: Path | None, layers: bool
) -> bool:
    """Run, report, and say whether every tensor of every set is exact."""
    runner, prepared = prepare_on_host(run, sets)
    with HostDisplay(progress_console(), prepared.jobs) as display:
        logs = run_side_by_side(runner, prepared.jobs, display.observer)
    # Nothing is measured, so that one run stands for both.
    measured = [Measurement(layers=log, whole=log) for log in logs]
    soc = replace(soc_info(run.target), main_ram=None)  # nothing bounds a model here
    comparison: Comparison = compare_on(prepared, soc, measured, HOST)
    print_exactness(comparison, output_console(), layers)
    if json_path is not None:
        write_json(comparison, json_path)
    return comparison.exact


class HostDisplay(JobBars):
    """Runs on this computer: how long the other layers will take.

    Where there is no terminal: a line now and then, and one at the end.
    """

    def __init__(self, console: Console, jobs: Sequence[Job]) -> None:
        super().__init__(
            console, jobs, (TextColumn("time left"), TimeRemainingColumn(compact=True))
        )

    def observer(self, job: Job) -> Observer:
        """What a run reports to."""
        steps = job.plan.steps
        task = self._tasks[job.name]
        lines = PlainLines(self._console)
        total = sum(map(worth, steps))
        moved = 0

        def on_event(event: Mapping[str, Any]) -> None:
            nonlocal moved
            if event["dwpw"] == "end":
                lines.say(f"{job.name}: ended after {lines.seconds:.1f} s")
            if event["dwpw"] != "layer" or event["index"] >= len(steps):
                return
            done = event["index"] + 1
            moved += worth(steps[done - 1])
            self._bars.update(task, completed=moved, layers=f"{done}/{len(steps)} layers")
            left = lines.seconds * (total - moved) / moved
            lines.say_now_and_then(
                f"{job.name}: {done}/{len(steps)} layers, {lines.seconds:.0f} s, about"
                f" {left:.0f} s left"
            )

        return Observer(on_event=on_event)
