"""The richest form of a table that fits a terminal: columns never collapse and nothing is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

UNLIMITED = 1000
"""Columns; wider than any table."""


@dataclass(frozen=True)
class Layout:
    """What a table shows.

    full: all digits of cycle counts, else four; kernels: the column that names them;
    steps: speed-up of every set over the one before; shares: per cent of the cycles;
    gap: spaces between columns.
    """

    full: bool
    kernels: bool = False
    steps: bool = False
    shares: bool = True
    gap: int = 2


LAYOUTS = (
    Layout(full=True, kernels=True, steps=True),
    Layout(full=True, kernels=True, steps=True, gap=1),
    Layout(full=True, steps=True),
    Layout(full=True),
    Layout(full=True, gap=1),
    Layout(full=False),
    Layout(full=False, gap=1),
    Layout(full=False, shares=False, gap=1),
)
"""The richest first; the last one is used where none fits."""


def new_table(layout: Layout) -> Table:
    """An empty table in our style; `add_column` should say no_wrap."""
    # The box itself puts one space between columns.
    padding = (0, layout.gap - 1, 0, 0)
    return Table(box=SIMPLE_HEAD, padding=padding, pad_edge=False, show_edge=False)


def fitting(console: Console, build: Callable[[Layout], Table]) -> tuple[Table, Layout]:
    """The first layout's table that the console has room for."""
    options = console.options.update(width=UNLIMITED)
    for layout in LAYOUTS:
        table = build(layout)
        if Measurement.get(console, options, table).maximum <= console.width:
            break
    return table, layout


def print_whole(table: Table, console: Console) -> None:
    """Print a table that has one form only; the terminal breaks what is wider than it."""
    options = console.options.update(width=UNLIMITED)
    width = Measurement.get(console, options, table).maximum
    if width > console.width:
        console.width = width
    console.print(table)
