"""A comparison as tables on the terminal.

The layer table comes first, the summary last, where the eye is when a run ends.  How much a table
shows depends on the room that it has (`dwpw.report.layout`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.comparison import GROUPS, ComparedLayer, ComparedRun, Comparison
from dwpw.model.edges import HOST_KERNEL
from dwpw.report.changes import change_cell, change_columns, change_lines
from dwpw.report.earlier import Change
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.names import fallbacks, kernel_names, layer_name, shape_name
from dwpw.report.numbers import BETWEEN, DIFFERS, NOTHING, factor, full, rate, share, short, signed
from dwpw.soc_info import SocInfo

NO_CHANGES: Mapping[str, Change] = MappingProxyType({})


def print_comparison(
    comparison: Comparison,
    console: Console,
    layers: bool,
    changes: Mapping[str, Change] = NO_CHANGES,
) -> None:
    """Everything: what was measured on, layers if wanted, groups and totals.

    changes: since an earlier run, by kernel set.
    """
    print_heading(comparison, console)
    kernels_shown = False
    if layers:
        table, layout = fitting(console, lambda layout: layer_table(comparison, layout, changes))
        kernels_shown = layout.kernels
        console.print()
        console.print(table)
    console.print()
    console.print(fitting(console, lambda layout: group_table(comparison, layout))[0])
    console.print()
    notes = [*change_lines(changes), *_notes(comparison, kernels_shown)]
    print_lines([*notes, *verdict(comparison)], console)


def print_lines(lines: Sequence[str], console: Console) -> None:
    """Sentences below a table."""
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


OVERLAP = (
    "Parts of a step overlap: a row below a step is what passed until the unit noted that its"
    " operators were done."
)


def print_heading(
    comparison: Comparison, console: Console, more: Sequence[tuple[str, str]] = ()
) -> None:
    """Model, SoC, golden source and input, each with its name; then `more` of the same kind."""
    print_details(comparison, console, [("soc", soc_text(comparison.soc))], more)


def soc_text(soc: SocInfo) -> str:
    """Target, CPU, clock, memory and extension."""
    details = [f"{key} {value}" for key, value in soc.extension.items() if key != "name"]
    extension = f"extension {soc.extension['name']} ({', '.join(details)})"
    clock = f"{soc.clock_hz / 1e6:g}"
    return f"{soc.target}: {soc.cpu}, {clock} MHz, memory {soc.memory_text}, {extension}"


def print_details(
    comparison: Comparison,
    console: Console,
    where: Sequence[tuple[str, str]],
    more: Sequence[tuple[str, str]] = (),
) -> None:
    """Model, where it ran, golden source and input, each with its name; then `more`."""
    graph = comparison.graph
    lines = (
        ("model", f"{graph.path}: {full(graph.macs)} MACs, {full(graph.parameters)} parameters"),
        *where,
        ("golden", comparison.golden),
        *(("input", one) for one in comparison.inputs),
        *(("repair", f"for the golden layers: {what}") for what in graph.repairs),
        *more,
    )
    for name, value in lines:
        console.print(Text(f"{name:<7}", style="bold") + Text(value), soft_wrap=True)


def _cycles(count: int | None, layout: Layout) -> Text:
    if count is None:
        return Text(DIFFERS, style="bold red")
    return Text(full(count) if layout.full else short(count))


def between(run: ComparedRun, layout: Layout) -> Text | str:
    """Cycles of the whole inference beyond the sum of its layers."""
    if not run.exact:
        return NOTHING
    return signed(run.between_layers, full if layout.full else short)


def _part_rows(layers: Sequence[ComparedLayer], layout: Layout) -> Iterator[list[Text | str]]:
    """Rows for the parts of the last run's step, below the step's own.

    Without MACs per cycle: parts overlap, so a part alone could seem faster than all multipliers.
    """
    last = layers[-1]
    for part in last.parts if last.exact else ():
        yield [
            *("", Text(f"  {layer_name(part)}", style="dim"), ""),
            *[""] * (len(layers) - 1),
            _cycles(part.cycles, layout),
            *[""] * (len(_figures([0] * len(layers), layout)) - len(layers)),
            "",
        ]


def layer_table(
    comparison: Comparison, layout: Layout, changes: Mapping[str, Change] = NO_CHANGES
) -> Table:
    """One row per step, then what lies between them, and the whole inference."""
    runs = comparison.runs
    changed = change_columns(changes)

    def cells(part: Callable[[Change], int | None]) -> list[Text]:
        return [change_cell(part(change), layout) for change in changed.values()]

    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("operator", no_wrap=True)
    table.add_column("output", no_wrap=True)
    factors = _factor_titles(runs, layout)
    for title in (*(run.kernels for run in runs), *factors, "MAC/cyc", *changed):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("exact", no_wrap=True)
    if layout.kernels:
        table.add_column("kernels", no_wrap=True)
    before, behind = comparison.edges
    for edge in before:
        table.add_row(*edge_cells(edge, len(table.columns), layout))
    for place, layers in enumerate(comparison.rows):
        first = layers[0]
        table.add_row(
            *(first.number, layer_name(first), shape_name(first.shape)),
            *_figures([layer.cycles if layer.exact else None for layer in layers], layout),
            rate(first.macs, layers[-1].cycles if layers[-1].exact else None),
            *cells(lambda change, place=place: change.layers[place]),
            _mark(all(layer.exact for layer in layers)),
            *([kernel_names(layers, runs)] if layout.kernels else []),
        )
        for cells_of_part in _part_rows(layers, layout):
            table.add_row(*cells_of_part)
    for edge in behind:
        table.add_row(*edge_cells(edge, len(table.columns), layout))
    table.add_section()
    skipped = [""] * (len(factors) + 1)
    table.add_row(
        # Over two columns: in one, it would be the widest word of the table.
        *("", *BETWEEN.split()),
        *(between(run, layout) for run in runs),
        *skipped,
        *cells(lambda change: change.between),
    )
    totals = [run.cycles if run.exact else None for run in runs]
    table.add_row(
        *("", "total", ""),
        *_figures(totals, layout),
        rate(comparison.graph.macs, totals[-1]),
        *cells(lambda change: change.total),
        _mark(comparison.exact),
        style="bold",
    )
    return table


def edge_cells(edge: ComparedLayer, columns: int, layout: Layout) -> list[Text | str]:
    """A row of the host's work: no cycles of the SoC.  columns: of the table."""
    head = [edge.number, layer_name(edge), shape_name(edge.shape)]
    tail = [_mark(edge.exact), *([HOST_KERNEL] if layout.kernels else [])]
    return [*head, *([NOTHING] * (columns - len(head) - len(tail))), *tail]


def _factor_titles(runs: Sequence[ComparedRun], layout: Layout) -> list[str]:
    """Columns of speed-ups: each set over the one before, and the last over the first."""
    if len(runs) < 2:
        return []
    steps = []
    if layout.steps and len(runs) > 2:
        names = [run.kernels[:3] for run in runs]
        steps = [f"{old}/{new}" for old, new in zip(names, names[1:], strict=False)]
    return [*steps, "speed-up"]


def _figures(cycles: list[int | None], layout: Layout) -> list[Text | str]:
    """Cycles of every set and the speed-ups between them; None is no result."""
    cells: list[Text | str] = [_cycles(count, layout) for count in cycles]
    if len(cycles) < 2:
        return cells
    if layout.steps and len(cycles) > 2:
        cells += [factor(old, new) for old, new in zip(cycles, cycles[1:], strict=False)]
    return [*cells, factor(cycles[0], cycles[-1])]


def _mark(exact: bool) -> Text:
    return Text("yes", style="green") if exact else Text("NO", style="bold red")


def group_table(comparison: Comparison, layout: Layout) -> Table:
    """Cycles by part of the network: where the time goes in every set."""
    runs = comparison.runs
    table = new_table(layout)
    table.add_column("part", no_wrap=True)
    titles = ["MACs"]
    for run in runs:
        titles += [run.kernels, "share"] if layout.shares else [run.kernels]
    titles += ["speed-up", "MAC/cyc"] if len(runs) > 1 else ["MAC/cyc"]
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for group in (*GROUPS, "total"):
        if group == "total":
            table.add_section()
            table.add_row(BETWEEN, *_between_cells(runs, layout))
        if _members(comparison, 0, group):
            cells = _group_cells(comparison, group, layout)
            table.add_row(group, *cells, style="bold" if group == "total" else "")
    return table


def _group_cells(comparison: Comparison, group: str, layout: Layout) -> list[Text | str]:
    runs = comparison.runs
    macs = sum(layer.macs for layer in _members(comparison, 0, group))
    cells: list[Text | str] = [share(macs, comparison.graph.macs)]
    sums = [_group_cycles(comparison, place, group) for place in range(len(runs))]
    for run, cycles in zip(runs, sums, strict=True):
        cells.append(_cycles(cycles, layout))
        if layout.shares:
            cells.append(share(cycles, run.cycles) if run.exact else NOTHING)
    speed_up = [factor(sums[0], sums[-1])] if len(runs) > 1 else []
    return [*cells, *speed_up, rate(macs, sums[-1])]


def _between_cells(runs: Sequence[ComparedRun], layout: Layout) -> list[Text | str]:
    cells: list[Text | str] = [""]
    for run in runs:
        cells.append(between(run, layout))
        if layout.shares:
            cells.append(share(run.between_layers, run.cycles) if run.exact else NOTHING)
    return cells


def _members(comparison: Comparison, place: int, group: str) -> list[ComparedLayer]:
    """The layers of one part in the run at that place."""
    return [row[place] for row in comparison.rows if group in ("total", row[place].group)]


def _group_cycles(comparison: Comparison, place: int, group: str) -> int | None:
    """Cycles of one part; None unless all of it is exact."""
    if group == "total":
        run = comparison.runs[place]
        return run.cycles if run.exact else None
    layers = _members(comparison, place, group)
    exact = all(layer.exact for layer in layers)
    return sum(layer.cycles for layer in layers) if exact else None


def _notes(comparison: Comparison, kernels_shown: bool) -> list[str]:
    """What a reader must know to read the table right."""
    notes = fallback_lines(comparison)
    if notes and kernels_shown:
        notes.append(
            "In the column kernels = is the one of the set to its left, r: and s: mark kernels of"
            " reference and scalar."
        )
    return notes


def fallback_lines(comparison: Comparison) -> list[str]:
    """Which kernels of simpler sets ran, for each set that has fallen back."""
    lines = []
    for run in comparison.runs:
        fallen = fallbacks(run)
        if fallen:
            listed = ", ".join(f"{kernel} ({count})" for kernel, count in sorted(fallen.items()))
            lines.append(f"{run.kernels} fell back to: {listed}")
    return lines


def _described(layer: ComparedLayer) -> str:
    """Which operators, and what ran them."""
    name = "operator" if len(layer.operators) == 1 else "operators"
    operators = " and ".join(f"{one.kind} '{one.name}'" for one in layer.operators)
    return f"{name} {layer.number} ({operators}, {', '.join(layer.kernels)})"


def verdict(comparison: Comparison) -> list[str]:
    """Whether every tensor is exact, and else where each set differs first."""
    if comparison.exact:
        layers = [layer for run in comparison.runs for layer in run.layers]
        count = sum(layer.tensors for layer in layers)
        count += sum(len(run.edges) for run in comparison.runs)
        inside = sum(len(layer.operators) - layer.tensors for layer in layers)
        lines = [f"All {count} tensors are bit-exact with the golden layers."]
        if inside:
            lines.append(f"{inside} more stay inside a step: `dwpw sim --check` looks at them.")
        if any(layer.parts for layer in layers):
            lines.append(OVERLAP)
        return lines
    lines = []
    for run in comparison.runs:
        if run.exact:
            continue
        wrong = [layer for layer in run.layers if not layer.exact]
        where = (
            f"{len(wrong)} of {len(run.layers)} layers differ, the first is"
            f" {_described(wrong[0])};"
            " `dwpw sim --check` finds the element."
            if wrong
            else "every layer is exact, but not the output of the inference as a whole."
        )
        lines.append(f"DIFFERS: {run.kernels}: {where}")
    return lines
