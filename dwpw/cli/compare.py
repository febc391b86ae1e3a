"""`dwpw compare`: kernel sets side by side, beside the golden layers."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from dwpw.console.onhost import compare_on_host
from dwpw.console.options import (
    RunOptions,
    baud_option,
    board_option,
    engine_option,
    json_option,
    layers_option,
    or_shipped,
    output_console,
    parse_kernel_sets,
    progress_console,
    refuse_with_host,
    run_options,
)
from dwpw.console.prepare import NOT_EXACT, prepare
from dwpw.console.simulated import simulate_all
from dwpw.console.views import Views, area_option, html_option, read_views, timeline_option
from dwpw.engines import HOST
from dwpw.errors import UserError
from dwpw.peers.vela import estimate, require_accelerator
from dwpw.report.beside_table import beside_json, print_beside
from dwpw.report.earlier import changes_since, read_earlier
from dwpw.report.jsonfile import require_writable, to_json, write_document
from dwpw.report.table import print_comparison
from dwpw.target.kernel_set import KernelSet

ABOUT_SIMULATION = (
    *("port", "board", "baud", "since", "beside", "watch", "max_cycles", "memory", "ram"),
    *("html_path", "area_path", "timeline_path"),
)


@click.command()
@click.option(
    "--kernels",
    metavar="SETS",
    help="Kernel sets, in this order  [default: all of the target; with --on: its best]",
)
@partial(run_options, model_required=False)
@engine_option
@click.option(
    "--on", "port", metavar="PORT", help="Compare a board at this serial port with the simulator."
)
@board_option
@baud_option
@json_option
@html_option
@area_option
@timeline_option
@layers_option
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Show what each layer gained or lost against an earlier --json FILE.",
)
@click.option(
    "--beside",
    metavar="NPU",
    help="Show what Arm's compiler estimates for an accelerator, such as ethos-u55-128, which"
    " nobody ran (pip install 'dwpw[beside]').",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Run again whenever a source is saved, each time against the run before.",
)
@click.pass_context
def compare(
    context: click.Context,
    run: RunOptions,
    kernels: str | None,
    engine: str,
    port: str | None,
    board: str | None,
    baud: int | None,
    json_path: Path | None,
    html_path: Path | None,
    area_path: Path | None,
    timeline_path: Path | None,
    layers: bool,
    since: Path | None,
    beside: str | None,
    watch: bool,
) -> None:
    """Run MODEL, or the shipped one, with several kernel sets and compare cycles, every tensor
    checked.

    Each set runs twice: layer by layer, and the whole inference with nothing between the layers,
    which is the total.

    With --engine host: no simulator, no cycles; whether every tensor is exact, in seconds.

    With --on: one kernel set, on the board (without --board: dwpw sim --pty) and simulated.

    With --watch: until Ctrl-C, and a compiler's or our own error ends nothing but the run.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    run = or_shipped(run)
    if engine == HOST:
        refuse_with_host(context, *ABOUT_SIMULATION)
    if json_path is not None:
        require_writable(json_path)
    if beside is not None:
        require_accelerator(beside)
    views = read_views(run.target, html_path, timeline_path, area_path)
    if port is not None:
        _refuse_with_port(run, views, since, beside, watch)
    if watch:
        _watch(run, json_path)
    if port is not None:
        from dwpw.console.onboard import compare_on_port  # imports LiteX, which takes a second

        sets = parse_kernel_sets(run.target, kernels or run.target.best_set)
        exact = compare_on_port(run, sets, port, board, baud, json_path, layers)
    elif board is not None or baud is not None:
        raise UserError("--board and --baud need --on PORT")
    else:
        sets = parse_kernel_sets(run.target, kernels)
        if engine == HOST:
            exact = compare_on_host(run, sets, json_path, layers)
        else:
            exact = _compare_simulated(run, sets, json_path, views, layers, since, beside)
    if not exact:
        context.exit(NOT_EXACT)


def _refuse_with_port(
    run: RunOptions, views: Views, since: Path | None, beside: str | None, watch: bool
) -> None:
    """`UserError` for options that a comparison with a board cannot follow."""
    given = {
        "--watch and --since": watch or since is not None,
        "--beside": beside is not None,
        "--html and --timeline": views.wanted,
    }
    if run.ram is not None:
        raise UserError("--ram is about simulated runs: what --on compares with has its own memory")
    for options, wanted in given.items():
        if wanted:
            be = "are" if " and " in options else "is"
            raise UserError(f"{options} {be} about simulated runs, without --on")


def _watch(run: RunOptions, json_path: Path | None) -> NoReturn:
    """Run this very command again and again, without `--watch`; KeyboardInterrupt ends it."""
    from dwpw.watch import Watched, watch

    target = run.target
    own_folders = (unit.hardware.source.parent for unit in target.units)
    folders = [*(one.sources for one in target.kernel_sets), *own_folders]
    # A file's name is what an input is given as, or what stands behind NAME=.
    files = [
        Path(part) for given in run.inputs for part in {given, given.partition("=")[2]} if part
    ]
    arguments = [argument for argument in sys.argv[1:] if argument != "--watch"]
    command = [sys.executable, "-m", "dwpw", *arguments]
    console = progress_console()
    watch(command, Watched.of(folders, [run.model, *files]), console.rule, json_path)


def _compare_simulated(
    run: RunOptions,
    sets: list[KernelSet],
    json_path: Path | None,
    views: Views,
    layers: bool,
    since: Path | None,
    beside: str | None,
) -> bool:
    """Run, report, and say whether every tensor of every set is exact."""
    earlier = None if since is None else read_earlier(since)
    prepared = prepare(run, sets)
    estimated = None if beside is None else estimate(run.model, beside)
    simulated = simulate_all(prepared, run.max_cycles, counters=views.wanted)
    comparison = simulated.comparison
    changes = {} if earlier is None else changes_since(earlier, comparison)
    print_comparison(comparison, output_console(), layers, changes)
    if earlier is not None and not changes:
        click.echo(f"{since} has no kernel set of this model: no changes are shown.", err=True)
    document = to_json(comparison)
    if estimated is not None:
        print_beside(comparison, estimated, layers, output_console())
        document["beside"] = beside_json(comparison, estimated)
    if json_path is not None:
        write_document(document, json_path)
    if views.wanted:
        views.write(simulated)
    return comparison.exact
