"""Run logs without a simulator: what an exact run would print, with invented cycles.

Only tests of the tool's own words and files use them; they say nothing about the hardware.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dwpw.cli.prepare import soc_info
from dwpw.comparison import Comparison, compare_run, golden_output
from dwpw.golden import GoldenLayer
from dwpw.model import Graph
from dwpw.plan.planner import Plan, plan
from dwpw.runlog import RunLayer, RunLog
from dwpw.target.kernel_set import KernelSet
from soc.counters import EVENTS
from tests.support.targets import TARGET

CYCLES = {"reference": 4_000_000, "scalar": 400_000, "simd": 40_000}


COUNTERS = {event.name: place for place, event in enumerate(EVENTS, start=1)}
"""What the performance counters of every operator read."""


def run_log(planned: Plan, golden: Sequence[GoldenLayer]) -> RunLog:
    """The log of an exact run; operator i takes i + 1 times the set's cycles."""
    layers = tuple(
        RunLayer(
            index=i,
            kernel=operator.kernel,
            cycles=(i + 1) * CYCLES[planned.kernel_set.name],
            instructions=i + 1,
            crc=layer.crc,
            counters=COUNTERS,
        )
        for i, (operator, layer) in enumerate(zip(planned.operators, golden, strict=True))
    )
    return RunLog(
        clock_hz=60_000_000,
        layers=layers,
        cycles=sum(layer.cycles for layer in layers),
        instructions=sum(layer.instructions for layer in layers),
        output=golden_output(planned.graph, golden),
    )


def spoilt(log: RunLog, index: int) -> RunLog:
    """The log with a wrong tensor at operator `index`."""
    layers = list(log.layers)
    layers[index] = replace(layers[index], crc=layers[index].crc ^ 1)
    return replace(log, layers=tuple(layers))


def comparison(
    graph: Graph,
    golden: Sequence[GoldenLayer],
    sets: Sequence[KernelSet],
    wrong: Mapping[str, int] | None = None,
) -> Comparison:
    """A comparison of fake runs; `wrong` names an operator that differs, by the set's name."""
    runs = []
    for one in sets:
        planned = plan(graph, TARGET, one)
        log = run_log(planned, golden)
        if one.name in (wrong or {}):
            log = spoilt(log, wrong[one.name])
        runs.append(compare_run(planned, log, golden))
    soc = soc_info(TARGET)
    return Comparison(graph, soc, "golden kernels", "an input", tuple(runs))
