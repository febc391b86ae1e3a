"""Our counts beside the paper's, for people and as JSON, schema `dwpw.paper.table/1`.

Fields may be added, never renamed: cycles of a kernel set become columns and fields of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from dwpw.paper import MILLION, CountedRow
from dwpw.report.layout import Layout, new_table, print_whole

SCHEMA = "dwpw.paper.table/1"

PAPER = "arXiv 1704.04861"


def print_paper_table(rows: Sequence[CountedRow], console: Console) -> None:
    """A line per row of the paper, then the reasons of the differences."""
    console.print(f"Multiply-adds and parameters in millions, beside those of {PAPER}.")
    console.print()
    table = new_table(Layout(full=True))
    table.add_column("table", justify="right", no_wrap=True)
    table.add_column("network", no_wrap=True)
    for title in ("MACs", "paper", "", "parameters", "paper", ""):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        plan, paper = row.blueprint, row.paper
        table.add_row(
            str(paper.table),
            name(row),
            f"{plan.macs / MILLION:,.1f}",
            f"{float(paper.macs):,.0f}",
            f"{row.macs_difference:+.1%}",
            f"{plan.parameters / MILLION:.3f}",
            paper.parameters,
            f"{row.parameters_difference:+.1%}",
        )
    print_whole(table, console)
    console.print()
    printed = sum(row.as_printed for row in rows)
    console.print(f"{printed} of {len(rows)} rows round to the paper's figures. The others:")
    for row in rows:
        if not row.as_printed:
            console.print(f"{name(row)}: {row.paper.why}", soft_wrap=True, highlight=False)


def name(row: CountedRow) -> str:
    """Without the classes, which are the same in all rows."""
    return row.blueprint.title.rpartition(",")[0]


def paper_table_json(rows: Sequence[CountedRow]) -> dict[str, Any]:
    """The same in plain values; differences are shares of the paper's figures."""
    return {
        "schema": SCHEMA,
        "paper": PAPER,
        "rows": [
            {
                "table": row.paper.table,
                "network": row.paper.network,
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
            for row in rows
        ],
    }
