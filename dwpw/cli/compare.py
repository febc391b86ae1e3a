"""`dwpw compare`: kernel sets side by side, beside the golden layers."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.build import build_machine, soc_config
from dwpw.cli.options import (
    RunOptions,
    json_option,
    layers_option,
    output_console,
    progress_console,
    run_options,
)
from dwpw.cli.prepare import NOT_EXACT, compare_logs, prepare
from dwpw.cli.progress import RunDisplay, build_steps
from dwpw.errors import UserError
from dwpw.image.format import KernelSet
from dwpw.plan.registry import kernel_set
from dwpw.report.jsonfile import require_writable, write_json
from dwpw.report.table import print_comparison
from dwpw.run import SimulatorRunner
from dwpw.sidebyside import run_side_by_side

ALL_SETS = ",".join(one.name.lower() for one in KernelSet)


@click.command()
@click.option("--kernels", default=ALL_SETS, show_default=True, help="Kernel sets, in this order.")
@run_options
@json_option
@layers_option
@click.pass_context
def compare(
    context: click.Context,
    run: RunOptions,
    kernels: str,
    json_path: Path | None,
    layers: bool,
) -> None:
    """Run MODEL with several kernel sets and compare cycles, every tensor checked.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    sets = parse_kernel_sets(kernels)
    config = soc_config(run.memory)
    if json_path is not None:
        require_writable(json_path)
    prepared = prepare(run, sets)
    console = progress_console()
    with build_steps(console) as step:
        machine = build_machine(config, step)
    runner = SimulatorRunner(machine, run.max_cycles)
    with RunDisplay(console, prepared.jobs) as display:
        logs = run_side_by_side(runner, prepared.jobs, display.observer)
    comparison = compare_logs(prepared, machine, logs)
    print_comparison(comparison, output_console(), layers)
    if json_path is not None:
        write_json(comparison, json_path)
    if not comparison.exact:
        context.exit(NOT_EXACT)


def parse_kernel_sets(text: str) -> list[KernelSet]:
    """Kernel sets separated by commas, each at most once."""
    sets = [kernel_set(name.strip()) for name in text.split(",")]
    for one in sets:
        if sets.count(one) > 1:
            raise UserError(f"kernel set '{one.name.lower()}' is given twice in --kernels {text}")
    return sets
