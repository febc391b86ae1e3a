"""Published figures for a network beside what a comparison of ours has counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from dwpw.peers.published import Figure

MEGA = 1e6
OURS = "dwpw"


@dataclass(frozen=True)
class Row:
    """A system, cycles of one inference, where they are from, what to know."""

    system: str
    cycles: float
    source: str
    remark: str
    ours: bool = False


def rows_of(figures: Sequence[Figure], ours: Sequence[Row]) -> list[Row]:
    """All of them, the slowest first."""
    published = [Row(one.system, one.mega_cycles * MEGA, one.source, one.remark) for one in figures]
    return sorted([*published, *ours], key=lambda row: -row.cycles)


def rows_of_ours(document: dict[str, Any], source: str) -> list[Row]:
    """A row for each exact run of a document of `dwpw compare --json`."""
    soc = document["soc"]
    return [
        Row(
            system=f"{OURS} {run['kernels']}, {soc['target']}, {soc['memory']}",
            cycles=run["cycles"],
            source=source,
            remark="measured, cold",
            ours=True,
        )
        for run in document["runs"]
        if run["cycles"] is not None
    ]


def print_peers(title: str, macs: int, rows: Sequence[Row], console: Console) -> None:
    """The table; our own rows are bold."""
    console.print(f"{title}: {macs:,} MAC", highlight=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("system")
    table.add_column("Mcycles", justify="right", no_wrap=True)
    table.add_column("MAC/cycle", justify="right", no_wrap=True)
    table.add_column("source")
    table.add_column("remarks")
    for row in rows:
        table.add_row(
            row.system,
            f"{row.cycles / MEGA:.4g}",
            f"{macs / row.cycles:.3g}",
            row.source,
            row.remark,
            style="bold" if row.ours else None,
        )
    console.print(table)
    console.print(
        "Published by others, not measured here, but for dwpw's own. MLPerf Tiny's clock starts"
        " behind warm-up; dwpw's cycles are cold.",
        highlight=False,
        soft_wrap=True,
    )
