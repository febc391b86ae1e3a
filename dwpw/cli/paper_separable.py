"""`dwpw paper separable`: the paper's formula beside measured cycles."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.comparison import all_exact, compare_layers
from dwpw.console.options import (
    RunOptions,
    json_option,
    memory_option,
    output_console,
    progress_console,
    target_option,
)
from dwpw.console.prepare import NOT_EXACT, prepare
from dwpw.console.progress import build_steps
from dwpw.errors import UserError
from dwpw.jobs import NOBODY, SimulatorRunner
from dwpw.machine import build_machine
from dwpw.make import calibrate, tflite_file
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.separable_table import print_separable, separable_json
from dwpw.separable import (
    MOST_CHANNELS,
    MOST_WINDOW,
    Grid,
    MeasuredSet,
    draw_grid,
    measured_set,
    parse_sizes,
)
from dwpw.sidebyside import run_side_by_side
from dwpw.target.target import Target
from soc.scratch import scratch_folder

SIZE, INPUTS = 12, 16


@click.command()
@click.option(
    "-o",
    "--output",
    "png",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE.png",
    help="Where the drawing goes; FILE.svg is written beside it.",
)
@click.option(
    "--outputs", default="8,16,32", show_default=True, metavar="N,...", help="Output channels."
)
@click.option(
    "--windows", default="3,5", show_default=True, metavar="DK,...", help="Sizes of the window."
)
@target_option
@memory_option
@json_option
@click.pass_context
def separable(
    context: click.Context,
    png: Path,
    outputs: str,
    windows: str,
    target: Target,
    memory: str,
    json_path: Path | None,
) -> None:
    """Measure standard against separable convolution with every kernel set.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    # Here, so that other commands need no matplotlib and do not wait for it.
    from dwpw.report.separable_plot import draw_separable

    grid = Grid(
        SIZE,
        INPUTS,
        parse_sizes(outputs, "--outputs", 1, MOST_CHANNELS),
        parse_sizes(windows, "--windows", 1, MOST_WINDOW),
    )
    target = target.with_memory(memory)
    if png.suffix != ".png":
        raise UserError(f"{png}: must end with .png; FILE.svg is written beside it")
    svg = png.with_suffix(".svg")
    for path in (png, svg, json_path):
        if path is not None:
            require_writable(path)
    sets, exact = _measure(grid, target)
    print_separable(grid, sets, target, output_console())
    if exact:
        draw_separable(grid, sets, png, svg)
    if json_path is not None:
        write_document(separable_json(grid, sets, target), json_path)
    if not exact:
        context.exit(NOT_EXACT)


def _measure(grid: Grid, target: Target) -> tuple[list[MeasuredSet], bool]:
    """Every kernel set on the grid, and whether all tensors were exact."""
    with scratch_folder("dwpw-paper-") as folder:
        path = folder / "separable.tflite"
        path.write_bytes(tflite_file(calibrate(draw_grid(grid), seed=0)))
        options = RunOptions(path, (), False, target, None)
        prepared = prepare(options, target.kernel_sets)
    with build_steps(progress_console()) as step:
        machine = build_machine(prepared.target, step)
        step("running")
        logs = run_side_by_side(SimulatorRunner(machine), prepared.jobs, lambda _: NOBODY)
    sets, exact = [], True
    for job, log in zip(prepared.jobs, logs, strict=True):
        layers = compare_layers(job.plan, log, prepared.golden)
        exact = exact and all_exact(prepared.graph, layers, log, prepared.golden)
        sets.append(measured_set(job.name, grid, layers))
    return sets, exact
