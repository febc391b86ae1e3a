"""`dwpw compare`: kernel sets side by side, beside the golden layers."""

from __future__ import annotations

from pathlib import Path

import click

from compiler_intrinsics.geometry import GROUPS, TAPS
from dwpw import golden
from dwpw.build import Machine, build_machine, soc_config
from dwpw.cli.options import (
    input_option,
    max_cycles_option,
    memory_option,
    model_argument,
    output_console,
    progress_console,
    resize_option,
)
from dwpw.cli.progress import RunDisplay, build_steps
from dwpw.comparison import Comparison, SocInfo, compare_run
from dwpw.errors import UserError
from dwpw.image.format import KernelSet
from dwpw.inputs import read_input
from dwpw.model import read_model
from dwpw.plan.planner import plan
from dwpw.plan.registry import kernel_set
from dwpw.report.jsonfile import require_writable, write_json
from dwpw.report.table import print_comparison
from dwpw.run import SimulatorRunner, make_job
from dwpw.sidebyside import run_side_by_side

ALL_SETS = ",".join(one.name.lower() for one in KernelSet)
CPU = "vexriscv full+cfu"
NOT_EXACT = 1
"""Exit status when a tensor differs."""


@click.command()
@model_argument
@click.option("--kernels", default=ALL_SETS, show_default=True, help="Kernel sets, in this order.")
@input_option
@resize_option
@memory_option
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the comparison as JSON.",
)
@click.option("--layers/--no-layers", default=True, help="Show every layer, or the summary only.")
@max_cycles_option
@click.pass_context
def compare(
    context: click.Context,
    model: Path,
    kernels: str,
    input_path: Path | None,
    resize: bool,
    memory: str,
    json_path: Path | None,
    layers: bool,
    max_cycles: int | None,
) -> None:
    """Run MODEL with several kernel sets and compare cycles, every tensor checked.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    sets = parse_kernel_sets(kernels)
    config = soc_config(memory)
    if json_path is not None:
        require_writable(json_path)
    graph = read_model(model)
    source = read_input(input_path, graph.input_tensor, resize)
    jobs = [make_job(plan(graph, one), source.tensor) for one in sets]
    golden_layers = golden.golden_layers(graph, source.tensor)
    console = progress_console()
    with build_steps(console) as step:
        machine = build_machine(config, step)
    runner = SimulatorRunner(machine, max_cycles)
    with RunDisplay(console, jobs) as display:
        logs = run_side_by_side(runner, jobs, display.observer)
    comparison = Comparison(
        graph=graph,
        soc=soc_info(machine),
        golden=golden.description(),
        input=source.description,
        runs=tuple(
            compare_run(job.plan, log, golden_layers) for job, log in zip(jobs, logs, strict=True)
        ),
    )
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


def soc_info(machine: Machine) -> SocInfo:
    """The SoC as reports name it; lanes are the multipliers that work in one cycle."""
    config = machine.config
    extension = {"name": config.extension.name, "lanes": GROUPS * TAPS}
    return SocInfo(CPU, config.sys_clk_freq, config.memory, extension)
