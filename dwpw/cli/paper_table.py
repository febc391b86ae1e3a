"""`dwpw paper table`: the MobileNet paper's costs, counted, and cycles beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dwpw.console.options import (
    json_option,
    memory_option,
    output_console,
    parse_kernel_sets,
    progress_console,
    target_option,
)
from dwpw.console.papernetworks import measured
from dwpw.console.prepare import NOT_EXACT, soc_info
from dwpw.errors import UserError
from dwpw.paper import CountedRow, counted, named
from dwpw.paths import BUILD_ROOT
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.paper_results import Results, run_line
from dwpw.report.paper_table import paper_table_json, print_paper_table
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target

RESULTS = BUILD_ROOT / "bench" / "paper"
"""Where runs are kept unless the caller says otherwise."""


@click.command()
@click.option(
    "--measure",
    metavar="SETS",
    help="Run the networks on the simulated SoC with these kernel sets; from a minute (a small"
    " network, simd) to many hours (VGG-16, or reference) for each.",
)
@click.option(
    "--networks",
    metavar="NAME,...",
    help="With --measure: run only these, such as mobilenet_v1_1.0_224,googlenet"
    "  [default: all, the smallest first]",
)
@click.option(
    "--results",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Show the runs that are kept here, and with --measure keep each as soon as it has ended"
    "  [default with --measure: build/bench/paper of the clone]",
)
@target_option
@memory_option
@json_option
@click.pass_context
def table(
    context: click.Context,
    measure: str | None,
    networks: str | None,
    folder: Path | None,
    target: Target,
    memory: str,
    json_path: Path | None,
) -> None:
    """Count multiply-adds and parameters of the networks that the MobileNet paper compares.

    With --measure: and the cycles of whole inferences, every tensor checked. What is not run, now
    or before, has none. Ctrl-C loses nothing but the run that goes on.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    target = target.with_memory(memory)
    sets = [] if measure is None else parse_kernel_sets(target, measure, "--measure")
    if networks is not None and not sets:
        raise UserError("--networks says what --measure SETS runs")
    rows = counted()
    chosen = named(rows, networks)
    if json_path is not None:
        require_writable(json_path)
    if measure is None and folder is None:
        runs = None
    else:
        results = Results(folder or RESULTS, soc_info(target))
        known = [one.name for one in target.kernel_sets]
        results.read(rows, known)  # refused before hours of simulation
        runs = results.read(rows, known, _measure(results, chosen, target, sets))
    print_paper_table(rows, output_console(), runs)
    if json_path is not None:
        write_document(paper_table_json(rows, runs), json_path)
    if runs is not None and not runs.exact:
        context.exit(NOT_EXACT)


def _measure(
    results: Results, rows: Sequence[CountedRow], target: Target, sets: Sequence[KernelSet]
) -> set[Path]:
    """Run and keep; the files that were written."""
    if not sets:
        return set()
    results.make_folder()
    console = progress_console()
    written = set()
    for row in sorted(rows, key=lambda one: one.blueprint.macs):
        for comparison in measured(row, target, sets):
            path = results.keep(row, comparison)
            written.add(path)
            console.print(run_line(row, comparison, path), highlight=False, soft_wrap=True)
    return written
