"""Run logs without a simulator: what an exact run would print, with invented cycles.

Only tests of the tool's own words and files use them; they say nothing about the hardware.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dwpw.comparison import Comparison, compare_run, golden_output, wanted_checksums
from dwpw.console.prepare import soc_info
from dwpw.golden import GoldenLayer
from dwpw.jobs import Job
from dwpw.model import Graph
from dwpw.plan.planner import Plan, plan
from dwpw.runlog import Measurement, RunLayer, RunLog
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target
from soc.counters import EVENTS, unit_events
from tests.support.targets import TARGET, UNITS

CYCLES = {"reference": 4_000_000, "scalar": 400_000, "simd": 40_000, "fused": 60_000}
"""Step i takes i + 1 times as many, and so many lie between the layers."""

COUNTED = (*EVENTS, *unit_events(UNITS))
COUNTERS = {event.name: place for place, event in enumerate(COUNTED, start=1)}
"""What the performance counters of every step read."""


def run_log(planned: Plan, golden: Sequence[GoldenLayer]) -> RunLog:
    """The log of an exact run layer by layer."""
    layers = tuple(
        RunLayer(
            index=i,
            kernel=step.kernel,
            cycles=(i + 1) * CYCLES[planned.kernel_set.name],
            instructions=i + 1,
            crcs=crcs,
            counters=COUNTERS,
        )
        for i, (step, crcs) in enumerate(
            zip(planned.steps, wanted_checksums(planned, golden), strict=True)
        )
    )
    return RunLog(
        clock_hz=60_000_000,
        layers=layers,
        cycles=sum(layer.cycles for layer in layers),
        instructions=sum(layer.instructions for layer in layers),
        output=golden_output(planned.graph, golden),
    )


def whole_log(planned: Plan, golden: Sequence[GoldenLayer]) -> RunLog:
    """The log of the same inference measured as a whole."""
    log = run_log(planned, golden)
    return replace(log, layers=(), cycles=log.cycles + CYCLES[planned.kernel_set.name])


def measured(planned: Plan, golden: Sequence[GoldenLayer]) -> Measurement:
    """Both exact runs of a kernel set."""
    return Measurement(run_log(planned, golden), whole_log(planned, golden))


def log_of(job: Job, golden: Sequence[GoldenLayer], wrong: int | None = None) -> RunLog:
    """What an exact run of the job reports; `wrong` names a step whose tensor differs."""
    if job.whole:
        return whole_log(job.plan, golden)
    log = run_log(job.plan, golden)
    return log if wrong is None else spoilt(log, wrong)


def spoilt(log: RunLog, index: int) -> RunLog:
    """The log with a wrong tensor at step `index`."""
    layers = list(log.layers)
    layers[index] = replace(layers[index], crcs=(layers[index].crcs[0] ^ 1,))
    return replace(log, layers=tuple(layers))


def comparison(
    graph: Graph,
    golden: Sequence[GoldenLayer],
    sets: Sequence[KernelSet],
    wrong: Mapping[str, int] | None = None,
    target: Target = TARGET,
) -> Comparison:
    """A comparison of fake runs; `wrong` names a step that differs, by the set's name."""
    runs = []
    for one in sets:
        planned = plan(graph, target, one)
        both = measured(planned, golden)
        if one.name in (wrong or {}):
            both = replace(both, layers=spoilt(both.layers, wrong[one.name]))
        runs.append(compare_run(planned, both, golden))
    soc = soc_info(target)
    return Comparison(graph, soc, "golden kernels", ("an input",), tuple(runs))
