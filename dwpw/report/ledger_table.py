"""A cycle ledger as a table on the terminal, and its largest causes in words."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.ledger import ACCOUNTS, Cause, Ledger, LedgerLayer, causes, total
from dwpw.report.engines_table import EXPLANATION, engines_table, watched
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.names import layer_kernels, layer_name
from dwpw.report.numbers import (
    BETWEEN,
    DIFFERS,
    NOTHING,
    factor,
    full,
    rate,
    share,
    short,
)
from dwpw.report.table import between, print_heading, print_lines, verdict
from soc.counters import Event

SHOWN_CAUSES = 6
LEAST_SHARE = 0.01
"""Of all cycles; smaller causes are not worth a line."""


def print_ledger(ledger: Ledger, console: Console, layers: bool) -> None:
    """Everything: what was measured on, layers or only their sum, causes, exactness."""
    comparison = ledger.comparison
    kernels = comparison.runs[0].kernels
    run = f"kernels {kernels}; performance counters are built in, they change no cycle"
    print_heading(comparison, console, more=(("run", run),))
    table = fitting(console, lambda layout: ledger_table(ledger, layout, layers))[0]
    console.print()
    console.print(table)
    console.print()
    steps = watched(comparison.runs[0].layers) if layers else []
    if steps:
        console.print(fitting(console, lambda layout: engines_table(steps, layout))[0])
        print_lines(["", EXPLANATION, ""], console)
    words = in_words(ledger) if comparison.exact else []
    print_lines([*words, *verdict(comparison)], console)


def ledger_table(ledger: Ledger, layout: Layout, layers: bool) -> Table:
    """One row per step, their sum, what lies between them, and the whole inference."""
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("operator", no_wrap=True)
    if layout.kernels:
        table.add_column("kernel", no_wrap=True)
    for title in _titles(ledger, layout):
        table.add_column(title, justify="right", no_wrap=True)
    run = ledger.comparison.runs[0]
    for compared, layer in ledger.rows if layers else ():
        kernel = [layer_kernels(compared, run.kernels)] if layout.kernels else []
        cells = _cells(ledger, layer, layout, compared.exact)
        table.add_row(compared.number, layer_name(compared), *kernel, *cells)
    table.add_section()
    everything = total(ledger.layers)
    kernel = [""] if layout.kernels else []
    table.add_row(
        "", "all layers", *kernel, *_cells(ledger, everything, layout, run.exact), style="bold"
    )
    if run.exact:
        # Before the cycles: MACs, where they are shown, and the bound, which is none of the whole.
        before = [*kernel, *([""] if layout.kernels else []), ""]
        cycles = (full if layout.full else short)(run.cycles)
        table.add_row("", BETWEEN, *before, between(run, layout))
        table.add_row("", "total", *before, cycles, style="bold")
    return table


def _busy(ledger: Ledger, layout: Layout) -> tuple[Event, ...]:
    """What is shown of the units: all where there is room for it."""
    return ledger.events if layout.kernels else ()


def _titles(ledger: Ledger, layout: Layout) -> list[str]:
    macs = ["MACs"] if layout.kernels else []
    speed = ["MAC/cyc"] if layout.shares else []
    busy = (event.name.partition("_")[2] for event in _busy(ledger, layout))
    return [*macs, "bound", "cycles", "ratio", *speed, "instr", *ACCOUNTS, "again", *busy]


def _cells(ledger: Ledger, layer: LedgerLayer, layout: Layout, exact: bool) -> list[Text | str]:
    """A layer in numbers; of a wrong tensor only what does not need a run."""
    count = full if layout.full else short
    head = [count(layer.macs) if layer.macs else NOTHING] if layout.kernels else []
    head.append(count(layer.bound) if layer.bound is not None else "")
    if not exact:
        return [*head, Text(DIFFERS, style="bold red")]
    ratio = factor(layer.cycles, layer.bound) if layer.bound is not None else ""
    speed = [rate(layer.macs, layer.cycles)] if layout.shares else []
    spent = [layer.instructions, *(layer.lost(account) for account in ACCOUNTS), layer.again]
    busy = [layer.counters[event.name] for event in _busy(ledger, layout)]
    shares = [share(part, layer.cycles) for part in (*spent, *busy)]
    return [*head, count(layer.cycles), ratio, *speed, *shares]


def in_words(ledger: Ledger) -> list[str]:
    """What the columns mean, the distance to the bound, and the largest causes."""
    everything = total(ledger.layers)
    lines = [_distance(ledger, everything)] if ledger.bounded else []
    lines.append("Where the cycles beyond the loads, stores and custom instructions went:")
    if not ledger.bounded:
        lines[-1] = "Cycles in which no instruction retired:"
    for cause in causes(ledger)[:SHOWN_CAUSES]:
        if cause.cycles >= LEAST_SHARE * everything.cycles:
            lines.append(f"  {sentence(cause, everything.cycles)}")
    return [*lines, "docs/explain.md explains the columns.", ""]


def _distance(ledger: Ledger, everything: LedgerLayer) -> str:
    bounded = total(ledger.bounded)
    ratio = factor(bounded.cycles, bounded.bound)
    return (
        f"The layers that have a bound take {full(bounded.cycles)} cycles"
        f" ({share(bounded.cycles, everything.cycles)} of all), {ratio} of their bound"
        f" {full(bounded.bound)}."
    )


def sentence(cause: Cause, cycles: int) -> str:
    """One cause with its numbers."""
    text = f"{share(cause.cycles, cycles):>6} {full(cause.cycles):>11}  {cause.text}"
    if cause.count:
        text += f": {full(cause.count)} {cause.unit}, {cause.cycles / cause.count:.1f} cycles each"
    return text
