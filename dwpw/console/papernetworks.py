"""Networks of the paper, made and run on the simulated SoC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dwpw.comparison import Comparison
from dwpw.console.options import RunOptions, progress_console
from dwpw.console.prepare import Prepared, prepare
from dwpw.console.progress import build_steps
from dwpw.console.simulated import compare_simulated
from dwpw.make import calibrate, tflite_file
from dwpw.paper import SEED, CountedRow
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target
from soc.scratch import scratch_folder


def measured(row: CountedRow, target: Target, sets: Sequence[KernelSet]) -> Iterator[Comparison]:
    """A comparison of one run for each set, as soon as it is there; the fastest set runs first."""
    prepared = _prepared(row, target, sets)
    simplest_first = [one.name for one in target.kernel_sets]
    for job in sorted(
        prepared.jobs, key=lambda one: -simplest_first.index(one.plan.kernel_set.name)
    ):
        yield compare_simulated(replace(prepared, jobs=(job,)))


def _prepared(row: CountedRow, target: Target, sets: Sequence[KernelSet]) -> Prepared:
    name = row.paper.name
    with build_steps(progress_console()) as step, scratch_folder("dwpw-paper-") as folder:
        step(f"{name}: drawing {row.blueprint.parameters:,} random parameters")
        path = folder / f"{name}.tflite"
        path.write_bytes(tflite_file(calibrate(row.blueprint, SEED)))
        step(f"{name}: computing the golden layers, {row.blueprint.macs:,} MACs")
        return prepare(RunOptions(path, (), False, target, None), sets)
