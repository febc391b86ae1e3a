"""`dwpw explain`: the cycle ledger of one run."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from dwpw.console.options import (
    RunOptions,
    json_option,
    kernel_set_option,
    layers_option,
    or_shipped,
    output_console,
    progress_console,
    run_options,
)
from dwpw.console.prepare import NOT_EXACT, compare_measured, prepare
from dwpw.console.progress import RunDisplay, build_steps
from dwpw.jobs import SimulatorRunner
from dwpw.ledger import make_ledger
from dwpw.machine import build_machine
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.ledger_json import to_json
from dwpw.report.ledger_table import print_ledger
from dwpw.sidebyside import both_runs, measure_side_by_side


@click.command()
@kernel_set_option
@partial(run_options, model_required=False)
@json_option
@layers_option
@click.pass_context
def explain(
    context: click.Context,
    run: RunOptions,
    kernels: str | None,
    json_path: Path | None,
    layers: bool,
) -> None:
    """Run MODEL, or the shipped one, with one kernel set and say where its cycles went, every
    tensor checked.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    run = or_shipped(run)
    wanted = run.target.kernel_set(kernels or run.target.best_set)
    if json_path is not None:
        require_writable(json_path)
    prepared = prepare(run, [wanted])
    (job,) = prepared.jobs
    console = progress_console()
    with build_steps(console) as step:
        machine = build_machine(prepared.target, step, counters=True)
    runner = SimulatorRunner(machine, run.max_cycles)
    with RunDisplay(console, both_runs(prepared.jobs)) as display:
        (measured,) = measure_side_by_side(runner, prepared.jobs, display.observer)
    comparison = compare_measured(prepared, machine, [measured])
    ledger = make_ledger(comparison, job.plan, measured.layers)
    print_ledger(ledger, output_console(), layers)
    if json_path is not None:
        write_document(to_json(ledger), json_path)
    if not ledger.comparison.exact:
        context.exit(NOT_EXACT)
