"""Both runs of every job on the simulated SoC, with their progress, beside the golden layers."""

from __future__ import annotations

from dwpw.comparison import Comparison
from dwpw.console.options import progress_console
from dwpw.console.prepare import Prepared, compare_measured
from dwpw.console.progress import RunDisplay, build_steps
from dwpw.jobs import SimulatorRunner
from dwpw.machine import build_machine
from dwpw.sidebyside import both_runs, measure_side_by_side


def compare_simulated(prepared: Prepared, max_cycles: int | None = None) -> Comparison:
    """Build what is missing, and run; `max_cycles` as in `SimulatorRunner`."""
    console = progress_console()
    with build_steps(console) as step:
        machine = build_machine(prepared.target, step)
    runner = SimulatorRunner(machine, max_cycles)
    with RunDisplay(console, both_runs(prepared.jobs)) as display:
        measured = measure_side_by_side(runner, prepared.jobs, display.observer)
    return compare_measured(prepared, machine, measured)
