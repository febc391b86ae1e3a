"""Our counts beside the paper's, for people and as JSON, schema `dwpw.paper.table/1`.

Fields may be added, never renamed.  Every kernel set with a run has columns of its own; what was
not run has no number in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from dwpw.paper import MILLION, SEED, CountedRow
from dwpw.report.layout import Layout, new_table, print_whole
from dwpw.report.numbers import DIFFERS, NOTHING, full, rate
from dwpw.report.paper_results import MeasuredRun, PaperRuns
from dwpw.report.table import print_lines, soc_text
from soc.config import MEGABYTE

SCHEMA = "dwpw.paper.table/1"

PAPER = "arXiv 1704.04861"

NOT_MEASURED = "not measured"


def print_paper_table(
    rows: Sequence[CountedRow], console: Console, measured: PaperRuns | None = None
) -> None:
    """A line per row of the paper, then the reasons of the differences, then what was measured."""
    console.print(f"Multiply-adds and parameters in millions, beside those of {PAPER}.")
    console.print()
    print_whole(_table(rows, measured), console)
    console.print()
    printed = sum(row.as_printed for row in rows)
    console.print(f"{printed} of {len(rows)} rows round to the paper's figures. The others:")
    for row in rows:
        if not row.as_printed:
            console.print(f"{name(row)}: {row.paper.why}", soft_wrap=True, highlight=False)
    if measured is not None:
        console.print()
        print_lines(_measurement_lines(measured), console)


def _table(rows: Sequence[CountedRow], measured: PaperRuns | None) -> Table:
    table = new_table(Layout(full=True))
    table.add_column("table", justify="right", no_wrap=True)
    table.add_column("network", no_wrap=True)
    sets = () if measured is None else measured.sets
    cycles = [title for one in sets for title in (f"{one} cycles", "MAC/cyc")]
    ram = [] if measured is None else ["RAM, MB"]
    for title in ("MACs", "paper", "", "parameters", "paper", "", *cycles, *ram):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        runs = [] if measured is None else measured.of(row)
        table.add_row(
            *_counts(row),
            *(cell for run in runs for cell in _measured_cells(row, run)),
            *([_ram(runs)] if ram else []),
        )
    return table


def _counts(row: CountedRow) -> list[str]:
    plan, paper = row.blueprint, row.paper
    return [
        str(paper.table),
        name(row),
        f"{plan.macs / MILLION:,.1f}",
        f"{float(paper.macs):,.0f}",
        f"{row.macs_difference:+.1%}",
        f"{plan.parameters / MILLION:.3f}",
        paper.parameters,
        f"{row.parameters_difference:+.1%}",
    ]


def _measured_cells(row: CountedRow, run: MeasuredRun | None) -> tuple[str, str]:
    if run is None:
        return NOT_MEASURED, NOTHING
    if run.cycles is None:
        return DIFFERS, NOTHING
    return full(run.cycles), rate(row.blueprint.macs, run.cycles)


def _ram(runs: Sequence[MeasuredRun | None]) -> str:
    """The largest that a run had."""
    sizes = [run.main_ram for run in runs if run is not None]
    return str(max(sizes) // MEGABYTE) if sizes else NOTHING


def _measurement_lines(measured: PaperRuns) -> list[str]:
    """What the cycles are, on what, and which of them are from an earlier call."""
    lines = [
        "Cycles of the whole inference, simulated. A run whose tensors are not all exact has none.",
        f"soc: {soc_text(measured.soc)}",
        f"networks: random weights and input, seed {SEED}",
    ]
    for run in measured.earlier:
        lines.append(f"measured by an earlier call, {run.written:%Y-%m-%d %H:%M}: {run.file}")
    return lines


def name(row: CountedRow) -> str:
    """Without the classes, which are the same in all rows."""
    return row.blueprint.title.rpartition(",")[0]


def paper_table_json(
    rows: Sequence[CountedRow], measured: PaperRuns | None = None
) -> dict[str, Any]:
    """The same in plain values; differences are shares of the paper's figures."""
    return {
        "schema": SCHEMA,
        "paper": PAPER,
        **({} if measured is None else _measured_json(measured)),
        "rows": [{**_row_json(row), **_runs_json(row, measured)} for row in rows],
    }


def _row_json(row: CountedRow) -> dict[str, Any]:
    return {
        "table": row.paper.table,
        "network": row.paper.network,
        "name": row.paper.name,
        "alpha": row.paper.order.alpha,
        "resolution": row.blueprint.input_shape[1],
        "macs": row.blueprint.macs,
        "paper_macs": float(row.paper.macs) * MILLION,
        "macs_difference": row.macs_difference,
        "parameters": row.blueprint.parameters,
        "paper_parameters": float(row.paper.parameters) * MILLION,
        "parameters_difference": row.parameters_difference,
        "as_printed": row.as_printed,
        "why": row.paper.why or None,
    }


def _measured_json(measured: PaperRuns) -> dict[str, Any]:
    soc = measured.soc
    return {
        "soc": {
            "target": soc.target,
            "cpu": soc.cpu,
            "clock_hz": soc.clock_hz,
            "memory": soc.memory,
            "extension": dict(soc.extension),
        },
        "seed": SEED,
        "kernels": list(measured.sets),
    }


def _runs_json(row: CountedRow, measured: PaperRuns | None) -> dict[str, Any]:
    """`runs` of a row has what was measured, and nothing else."""
    if measured is None:
        return {}
    return {
        "runs": [
            {
                "kernels": run.kernels,
                "cycles": run.cycles,
                "instructions": run.instructions,
                "exact": run.exact,
                "main_ram": run.main_ram,
                "file": str(run.file),
                "written": run.written.isoformat(timespec="seconds"),
                "earlier": run in measured.earlier,
            }
            for run in measured.of(row)
            if run is not None
        ]
    }
