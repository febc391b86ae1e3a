"""`dwpw report`: a run of kernel sets as one page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from dwpw.console.options import RunOptions, or_shipped, parse_kernel_sets, run_options
from dwpw.console.prepare import NOT_EXACT, prepare
from dwpw.console.simulated import simulate_all
from dwpw.console.views import area_option, read_views, timeline_option


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    metavar="FILE",
    help="The page.",
)
@click.option(
    "--kernels", metavar="SETS", help="Kernel sets, in this order  [default: all of the target]"
)
@partial(run_options, model_required=False)
@area_option
@timeline_option
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write each chart as NAME.svg too.",
)
@click.pass_context
def report(
    context: click.Context,
    run: RunOptions,
    output: Path,
    kernels: str | None,
    area_path: Path | None,
    timeline_path: Path | None,
    pictures: Path | None,
) -> None:
    """Run MODEL, or the shipped one, as compare and explain do, and write one page with charts that
    needs no network.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    run = or_shipped(run)
    names = kernels or ",".join(one.name for one in run.target.kernel_sets)
    sets = parse_kernel_sets(run.target, names)
    views = read_views(run.target, output, timeline_path, area_path, pictures)
    simulated = simulate_all(prepare(run, sets), run.max_cycles, counters=True)
    views.write(simulated)
    click.echo(f"{output}: written")
    if not simulated.comparison.exact:
        context.exit(NOT_EXACT)
