"""Predicted and measured saving for people and as JSON, schema `dwpw.paper.separable/1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from dwpw.report.layout import Layout, new_table, print_whole
from dwpw.report.numbers import DIFFERS, full
from dwpw.separable import Grid, MeasuredPoint, MeasuredSet
from dwpw.target.target import Target

SCHEMA = "dwpw.paper.separable/1"


def print_separable(
    grid: Grid, sets: Sequence[MeasuredSet], target: Target, console: Console
) -> None:
    """A row for each point of the grid."""
    console.print(
        f"Cycles of separable over those of standard convolution, {_input(grid)},"
        f" target {target.name}, memory {target.memory}.",
        soft_wrap=True,
        highlight=False,
    )
    console.print("predicted: 1/N + 1/Dk^2 (arXiv 1704.04861, section 3.1)", highlight=False)
    console.print()
    table = new_table(Layout(full=True, gap=1))
    for title in ("Dk", "N", "predicted"):
        table.add_column(title, justify="right", no_wrap=True)
    for one in sets:
        for title in (one.kernel_set, "standard", "separable"):
            table.add_column(title, justify="right", no_wrap=True)
    for place, point in enumerate(grid.points):
        cells = [cell for one in sets for cell in _cells(one.points[place])]
        table.add_row(str(point.window), str(point.outputs), f"{point.predicted:.3f}", *cells)
    print_whole(table, console)


def _input(grid: Grid) -> str:
    return f"input {grid.size}x{grid.size}x{grid.inputs}"


def _cells(one: MeasuredPoint) -> tuple[str, str, str]:
    if one.measured is None:
        return (DIFFERS, "", "")
    return (f"{one.measured:.3f}", full(one.standard), full(one.separable))


def separable_json(grid: Grid, sets: Sequence[MeasuredSet], target: Target) -> dict[str, Any]:
    """The same in plain values; cycles are null where a tensor differs."""
    return {
        "schema": SCHEMA,
        "target": target.name,
        "memory": target.memory,
        "input": [1, grid.size, grid.size, grid.inputs],
        "sets": [
            {
                "kernels": one.kernel_set,
                "points": [
                    {
                        "outputs": each.point.outputs,
                        "window": each.point.window,
                        "predicted": each.point.predicted,
                        "measured": each.measured,
                        "standard_cycles": each.standard,
                        "separable_cycles": each.separable,
                        "kernels": list(each.kernels),
                    }
                    for each in one.points
                ],
            }
            for one in sets
        ],
    }
