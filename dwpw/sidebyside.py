"""Runs several jobs at the same time, the longest first, and ends all when one fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar

from dwpw.jobs import Cancelled, Job, Observer, Runner, whole_run
from dwpw.runlog import Measurement, RunLog

Result = TypeVar("Result")

POLL_SECONDS = 0.2
"""How long an interrupt may wait: a thread that waits for a lock without limit never sees it."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def both_runs(jobs: Sequence[Job]) -> list[Job]:
    """Every job and, behind it, the same inference measured as a whole."""
    return [run for job in jobs for run in (job, whole_run(job))]


def measure_side_by_side(
    runner: Runner, jobs: Sequence[Job], observer_of: Callable[[Job], Observer]
) -> list[Measurement]:
    """Both runs of every job, in the order of `jobs`; `observer_of` is asked for each run."""
    logs = run_side_by_side(runner, both_runs(jobs), observer_of)
    return [Measurement(layers, whole) for layers, whole in zip(logs[::2], logs[1::2], strict=True)]


def run_side_by_side(
    runner: Runner, jobs: Sequence[Job], observer_of: Callable[[Job], Observer]
) -> list[RunLog]:
    """The logs in the order of `jobs`; one run per core at a time."""
    # Simpler kernel sets take longer; started first, the others run beside them.
    longest_first = sorted(jobs, key=_simplicity)
    tasks = [partial(runner.run, job, observer_of(job)) for job in longest_first]
    logs = dict(zip(map(id, longest_first), at_the_same_time(tasks, runner.cancel), strict=True))
    return [logs[id(job)] for job in jobs]


def at_the_same_time(
    tasks: Sequence[Callable[[], Result]], cancel: threading.Event
) -> list[Result]:
    """What each gives, one per core at a time; `cancel` is set when one fails, or on Ctrl-C."""
    if not tasks:
        return []
    with ThreadPoolExecutor(min(cores(), len(tasks))) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            _wait(futures)
        except BaseException:
            cancel.set()
            for future in futures:
                future.cancel()
            raise
    return [future.result() for future in futures]


def _simplicity(job: Job) -> int:
    """Place of the job's kernel set among those of its target, simplest first."""
    return job.plan.target.kernel_sets.index(job.plan.kernel_set)


def _wait(futures: list[Future]) -> None:
    """Until all are done, or raise what the first failed one raised."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_EXCEPTION)
        for future in done:
            error = future.exception()
            if error is not None and not isinstance(error, Cancelled):
                raise error
