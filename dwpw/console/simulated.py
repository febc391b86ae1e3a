"""Both runs of every job on the simulated SoC, with their progress, beside the golden layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dwpw.comparison import Comparison
from dwpw.console.options import progress_console
from dwpw.console.prepare import Prepared, compare_measured
from dwpw.console.progress import RunDisplay, build_steps
from dwpw.jobs import SimulatorRunner
from dwpw.ledger import Ledger, make_ledger
from dwpw.machine import build_machine
from dwpw.runlog import Measurement
from dwpw.sidebyside import both_runs, measure_side_by_side


@dataclass(frozen=True)
class Simulated:
    """A comparison, and what it was made from: both runs of each of its kernel sets."""

    prepared: Prepared
    comparison: Comparison
    measured: Sequence[Measurement]

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """The accounts of each run; `UserError` when it was simulated without counters."""
        runs = zip(self.comparison.runs, self.prepared.jobs, self.measured, strict=True)
        return tuple(
            make_ledger(replace(self.comparison, runs=(run,)), job.plan, both.layers)
            for run, job, both in runs
        )


def simulate_all(
    prepared: Prepared, max_cycles: int | None = None, counters: bool = False
) -> Simulated:
    """Build what is missing, and run; `max_cycles` as in `SimulatorRunner`.

    counters: with the performance counters, which change no cycle.
    """
    console = progress_console()
    with build_steps(console) as step:
        machine = build_machine(prepared.target, step, counters=counters)
    runner = SimulatorRunner(machine, max_cycles)
    with RunDisplay(console, both_runs(prepared.jobs)) as display:
        measured = measure_side_by_side(runner, prepared.jobs, display.observer)
    return Simulated(prepared, compare_measured(prepared, machine, measured), measured)


def compare_simulated(prepared: Prepared, max_cycles: int | None = None) -> Comparison:
    """The comparison alone."""
    return simulate_all(prepared, max_cycles).comparison
