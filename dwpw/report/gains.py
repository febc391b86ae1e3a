"""What instructions save, as a table and as JSON (schema `dwpw.gains/1`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from dwpw.comparison import Comparison
from dwpw.gains import Gain
from dwpw.report.jsonfile import about, run_fields
from dwpw.report.numbers import DIFFERS, full, share
from dwpw.report.table import print_heading, print_lines, verdict

SCHEMA = "dwpw.gains/1"


def print_gains(comparison: Comparison, gains: Sequence[Gain], console: Console) -> None:
    """The run with all instructions, then one row for each variant."""
    run = comparison.runs[0]
    print_heading(comparison, console, more=(("run", f"kernels {run.kernels}"),))
    table = Table(box=None, pad_edge=False)
    for title in ("without", "cycles", "they save", ""):
        table.add_column(title, justify="right" if title != "without" else "left", no_wrap=True)
    table.add_column("instead")
    table.add_row("(all there)", full(run.cycles) if run.exact else DIFFERS)
    for one in gains:
        exact = one.run.exact and run.exact
        cells = (
            [full(one.run.cycles), full(one.saved), share(one.saved, one.run.cycles)]
            if exact
            else [DIFFERS]
        )
        cells += [""] * (3 - len(cells))
        table.add_row(", ".join(one.variant.without), *cells, one.variant.instead)
    console.print()
    console.print(table)
    console.print()
    print_lines(verdict(comparison), console)


def gains_json(comparison: Comparison, gains: Sequence[Gain]) -> dict[str, Any]:
    """The same in plain values."""
    return {
        "schema": SCHEMA,
        **about(comparison),
        "run": run_fields(comparison.runs[0]),
        "without": [
            {
                "instructions": list(one.variant.without),
                "instead": one.variant.instead,
                **run_fields(one.run),
                "saved": one.saved if one.run.exact else None,
            }
            for one in gains
        ],
    }
