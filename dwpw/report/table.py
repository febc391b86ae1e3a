"""A comparison as tables on the terminal.

Three widths: wide ones show kernels and full cycle counts, a medium one full counts, a narrow one
(80 columns) counts in four digits.  The layer table comes first, the summary last, where the eye
is when a run ends.
"""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.comparison import GROUPS, ComparedLayer, ComparedRun, Comparison
from dwpw.report.names import fallbacks, kernel_names, operator_name, shape_name
from dwpw.report.numbers import DIFFERS, NOTHING, factor, full, rate, share, short

WIDE = 118
"""Columns from which kernels and per-step factors find room."""
MEDIUM = 90
"""Columns from which full cycle counts find room for three sets."""


def print_comparison(comparison: Comparison, console: Console, layers: bool) -> None:
    """Everything: what was measured on, layers if wanted, groups and totals."""
    print_heading(comparison, console)
    if layers:
        console.print(layer_table(comparison, console.width))
    console.print(group_table(comparison, console.width))
    for line in _notes(comparison, kernels_shown=layers and console.width >= WIDE):
        console.print(line, highlight=False)
    for line in verdict(comparison):
        console.print(line, highlight=False)


def print_heading(comparison: Comparison, console: Console) -> None:
    """Model, SoC, golden source and input, each with its name."""
    graph, soc = comparison.graph, comparison.soc
    extension = ", ".join(f"{key} {value}" for key, value in soc.extension.items())
    lines = (
        ("model", f"{graph.path}: {full(graph.macs)} MACs, {full(graph.parameters)} parameters"),
        ("soc", f"{soc.cpu}, {soc.clock_hz / 1e6:g} MHz, memory {soc.memory}, {extension}"),
        ("golden", comparison.golden),
        ("input", comparison.input),
    )
    for name, value in lines:
        console.print(Text(f"{name:<7}", style="bold") + Text(value), soft_wrap=True)


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)


def _cycles(count: int, exact: bool, width: int) -> Text:
    if not exact:
        return Text(DIFFERS, style="bold red")
    return Text(full(count) if width >= MEDIUM else short(count))


def _known(layers: list[ComparedLayer]) -> list[int | None]:
    """Cycles where they are a result."""
    return [layer.cycles if layer.exact else None for layer in layers]


def layer_table(comparison: Comparison, width: int) -> Table:
    """One row per operator, a last one for the whole inference."""
    runs = comparison.runs
    wide = width >= WIDE
    table = _table()
    table.add_column("#", justify="right")
    table.add_column("operator", no_wrap=True)
    table.add_column("output", no_wrap=True)
    for run in runs:
        table.add_column(run.kernels, justify="right", no_wrap=True)
    _add_factor_columns(table, runs, wide)
    table.add_column("MAC/cycle" if wide else "MAC/c", justify="right", no_wrap=True)
    table.add_column("exact", no_wrap=True)
    if wide:
        table.add_column("kernels", no_wrap=True, overflow="ellipsis")
    for layers in zip(*(run.layers for run in runs), strict=True):
        first = layers[0]
        cycles = _known(list(layers))
        cells = [
            str(first.index),
            operator_name(first),
            shape_name(first.shape),
            *(_cycles(layer.cycles, layer.exact, width) for layer in layers),
            *_factors(cycles, wide),
            rate(first.macs, cycles[-1]),
            _mark(all(layer.exact for layer in layers)),
        ]
        table.add_row(*cells, *([kernel_names(layers, runs)] if wide else []))
    table.add_section()
    totals = [run.cycles if run.exact else None for run in runs]
    table.add_row(
        "",
        "total",
        "",
        *(_cycles(run.cycles, run.exact, width) for run in runs),
        *_factors(totals, wide),
        rate(comparison.graph.macs, totals[-1]),
        _mark(comparison.exact),
        style="bold",
    )
    return table


def _add_factor_columns(table: Table, runs: tuple[ComparedRun, ...], wide: bool) -> None:
    """Speed-up of the last set against the first and, with room, of every step between."""
    if len(runs) < 2:
        return
    if wide and len(runs) > 2:
        for before, after in zip(runs, runs[1:], strict=False):
            table.add_column(f"{before.kernels[:3]}/{after.kernels[:4]}", justify="right")
    table.add_column("speed-up", justify="right", no_wrap=True)


def _factors(cycles: list[int | None], wide: bool) -> list[str]:
    if len(cycles) < 2:
        return []
    steps = []
    if wide and len(cycles) > 2:
        steps = [factor(a, b) for a, b in zip(cycles, cycles[1:], strict=False)]
    return [*steps, factor(cycles[0], cycles[-1])]


def _mark(exact: bool) -> Text:
    return Text("yes", style="green") if exact else Text("NO", style="bold red")


def group_table(comparison: Comparison, width: int) -> Table:
    """Cycles by part of the network: where the time goes in every set."""
    runs = comparison.runs
    table = _table()
    table.add_column("part", no_wrap=True)
    table.add_column("MACs", justify="right", no_wrap=True)
    for run in runs:
        table.add_column(run.kernels, justify="right", no_wrap=True)
        table.add_column("share", justify="right", no_wrap=True)
    if len(runs) > 1:
        table.add_column("speed-up", justify="right", no_wrap=True)
    table.add_column("MAC/cycle" if width >= WIDE else "MAC/c", justify="right", no_wrap=True)
    macs = comparison.graph.macs
    for group in (*GROUPS, "total"):
        members = [_members(run, group) for run in runs]
        if not members[0]:
            continue
        whole = group == "total"
        if whole:
            table.add_section()
        sums = [_sum_or_none(run, layers, whole) for run, layers in zip(runs, members, strict=True)]
        group_macs = sum(layer.macs for layer in members[0])
        cells: list[str | Text] = [group, share(group_macs, macs)]
        for run, cycles in zip(runs, sums, strict=True):
            cells.append(_cycles(cycles or 0, cycles is not None, width))
            cells.append(share(cycles, run.cycles) if run.exact else NOTHING)
        speed_up = [factor(sums[0], sums[-1])] if len(runs) > 1 else []
        cells += [*speed_up, rate(group_macs, sums[-1])]
        table.add_row(*cells, style="bold" if whole else "")
    return table


def _members(run: ComparedRun, group: str) -> list[ComparedLayer]:
    return [layer for layer in run.layers if group in ("total", layer.group)]


def _sum_or_none(run: ComparedRun, layers: list[ComparedLayer], whole: bool) -> int | None:
    """Cycles of some layers; None unless all of them are exact."""
    if whole:
        return run.cycles if run.exact else None
    if not all(layer.exact for layer in layers):
        return None
    return sum(layer.cycles for layer in layers)


def _notes(comparison: Comparison, kernels_shown: bool) -> list[str]:
    """What a reader must know to read the table right."""
    notes = []
    for run in comparison.runs:
        fallen = fallbacks(run)
        if fallen:
            listed = ", ".join(f"{kernel} ({count})" for kernel, count in sorted(fallen.items()))
            notes.append(f"{run.kernels} fell back to: {listed}")
    if notes and kernels_shown:
        notes.append("In the table r: and s: mark kernels of the sets reference and scalar.")
    return notes


def verdict(comparison: Comparison) -> list[str]:
    """Whether every tensor is exact, and else where each set differs first."""
    if comparison.exact:
        count = sum(len(run.layers) for run in comparison.runs)
        return [f"All {count} tensors are bit-exact with the golden layers."]
    lines = []
    for run in comparison.runs:
        if run.exact:
            continue
        wrong = [layer for layer in run.layers if not layer.exact]
        where = (
            f"{len(wrong)} of {len(run.layers)} layers differ, the first is operator"
            f" {wrong[0].index} ({wrong[0].kind} '{wrong[0].name}', {wrong[0].kernel})"
            if wrong
            else "the output differs"
        )
        lines.append(f"DIFFERS: {run.kernels}: {where}; `dwpw sim --check` finds the element.")
    return lines
