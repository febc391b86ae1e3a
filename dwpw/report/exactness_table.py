"""A comparison without cycles, as `--engine host` gives it, as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.comparison import ComparedLayer, Comparison
from dwpw.engines import HOST_MEANS
from dwpw.model.edges import HOST_KERNEL
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.names import layer_kernels, layer_name, shape_name
from dwpw.report.numbers import NOTHING, full
from dwpw.report.table import fallback_lines, print_details, print_lines, verdict


def print_exactness(comparison: Comparison, console: Console, layers: bool) -> None:
    """What ran where, layers if wanted, and whether every tensor is exact."""
    print_details(comparison, console, (("engine", HOST_MEANS), ("target", comparison.soc.target)))
    if layers:
        console.print()
        console.print(fitting(console, lambda layout: exactness_table(comparison, layout))[0])
    console.print()
    print_lines([*fallback_lines(comparison), *verdict(comparison)], console)


def exactness_table(comparison: Comparison, layout: Layout) -> Table:
    """One row per step: what ran it in each set, and where it is exact.

    Kernels have their names in full where `layout.kernels` has room for them.
    """
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    for title in ("operator", "output"):
        table.add_column(title, no_wrap=True)
    table.add_column("MACs", justify="right", no_wrap=True)
    for run in comparison.runs:
        table.add_column(run.kernels, no_wrap=True)
    table.add_column("exact", no_wrap=True)
    before, behind = comparison.edges
    for edge in before:
        table.add_row(*_edge_cells(comparison, edge))
    for layers in comparison.rows:
        first = layers[0]
        table.add_row(
            *(first.number, layer_name(first), shape_name(first.shape)),
            full(first.macs) if first.macs else NOTHING,
            *(
                " + ".join(layer.kernels) if layout.kernels else layer_kernels(layer, run.kernels)
                for run, layer in zip(comparison.runs, layers, strict=True)
            ),
            _mark(comparison, layers),
        )
    for edge in behind:
        table.add_row(*_edge_cells(comparison, edge))
    return table


def _edge_cells(comparison: Comparison, edge: ComparedLayer) -> list[Text | str]:
    """The host's work, the same for all sets."""
    runs = comparison.runs
    head = [edge.number, layer_name(edge), shape_name(edge.shape), NOTHING]
    return [*head, *([HOST_KERNEL] * len(runs)), _mark(comparison, [edge] * len(runs))]


def _mark(comparison: Comparison, layers: Sequence[ComparedLayer]) -> Text:
    """Yes, or the sets in which it is not."""
    runs = zip(comparison.runs, layers, strict=True)
    wrong = [run.kernels for run, layer in runs if not layer.exact]
    if not wrong:
        return Text("yes", style="green")
    return Text(f"NO: {', '.join(wrong)}", style="bold red")
