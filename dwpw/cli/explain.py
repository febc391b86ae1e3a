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
    run_options,
)
from dwpw.console.prepare import NOT_EXACT, prepare
from dwpw.console.simulated import simulate_all
from dwpw.console.views import area_option, html_option, read_views, timeline_option
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.ledger_json import to_json
from dwpw.report.ledger_table import print_ledger


@click.command()
@kernel_set_option
@partial(run_options, model_required=False)
@json_option
@html_option
@area_option
@timeline_option
@layers_option
@click.pass_context
def explain(
    context: click.Context,
    run: RunOptions,
    kernels: str | None,
    json_path: Path | None,
    html_path: Path | None,
    area_path: Path | None,
    timeline_path: Path | None,
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
    views = read_views(run.target, html_path, timeline_path, area_path)
    simulated = simulate_all(prepare(run, [wanted]), run.max_cycles, counters=True)
    (ledger,) = simulated.ledgers
    print_ledger(ledger, output_console(), layers)
    if json_path is not None:
        write_document(to_json(ledger), json_path)
    if views.wanted:
        views.write(simulated)
    if not ledger.comparison.exact:
        context.exit(NOT_EXACT)
