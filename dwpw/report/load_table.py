"""A run behind a serial line, layer by layer with milliseconds."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.comparison import ComparedLayer, Comparison
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.names import layer_kernels, layer_name, shape_name
from dwpw.report.numbers import DIFFERS, full, rate, short
from dwpw.report.table import group_table, print_heading, print_lines, verdict


def print_load(comparison: Comparison, where: str, console: Console, layers: bool) -> None:
    """What ran where, its layers if wanted, groups and the total."""
    print_heading(comparison, console, [("on", where)])
    if layers:
        console.print()
        console.print(fitting(console, lambda layout: timed_table(comparison, layout))[0])
    console.print()
    console.print(fitting(console, lambda layout: group_table(comparison, layout))[0])
    console.print()
    print_lines([*total(comparison), *verdict(comparison)], console)


def milliseconds(cycles: int, clock_hz: int) -> str:
    """Three decimals: a microsecond is some 50 cycles."""
    return f"{1000 * cycles / clock_hz:.3f}"


def timed_table(comparison: Comparison, layout: Layout) -> Table:
    """One row per step of the only set; what lies between them is in the group table."""
    (run,) = comparison.runs
    clock_hz = comparison.soc.clock_hz
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    for title in ("operator", "output"):
        table.add_column(title, no_wrap=True)
    for title in ("cycles", "ms", "MAC/cyc"):
        table.add_column(title, justify="right", no_wrap=True)
    if layout.kernels:
        table.add_column("kernel", no_wrap=True)
    for layer in run.layers:
        table.add_row(
            *(layer.number, layer_name(layer), shape_name(layer.shape)),
            *_figures(layer, clock_hz, layout),
            *([layer_kernels(layer, run.kernels)] if layout.kernels else []),
        )
    return table


def _figures(layer: ComparedLayer, clock_hz: int, layout: Layout) -> list[Text | str]:
    """Cycles, time and rate; nothing but a mark where the tensor is wrong."""
    if not layer.exact:
        return [Text(DIFFERS, style="bold red"), "", ""]
    cycles = full(layer.cycles) if layout.full else short(layer.cycles)
    return [cycles, milliseconds(layer.cycles, clock_hz), rate(layer.macs, layer.cycles)]


def total(comparison: Comparison) -> list[str]:
    """The whole inference in a sentence; none when it is no result."""
    (run,) = comparison.runs
    if not run.exact:
        return []
    clock_hz = comparison.soc.clock_hz
    return [
        f"total {full(run.cycles)} cycles, {full(run.instructions)} instructions,"
        f" {milliseconds(run.cycles, clock_hz)} ms at {clock_hz / 1e6:g} MHz"
    ]
