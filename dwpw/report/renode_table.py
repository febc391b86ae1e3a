"""Runs in Renode as a table on the terminal, and as JSON, schema `dwpw.renode/1`.

Counts are of instructions, those of the first input; a layer is exact when it is with every input.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.comparison import ComparedLayer, ComparedRun, Comparison
from dwpw.engines import RENODE, RENODE_MEANS
from dwpw.report.jsonfile import about, layer_fields
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.names import layer_name, shape_name
from dwpw.report.numbers import DIFFERS, factor, full, short
from dwpw.report.table import print_details, print_lines, verdict

SCHEMA = "dwpw.renode/1"

INSTRUCTIONS_ONLY = (
    "Counts are instructions: Renode has no pipeline, caches or SDRAM, so it knows no cycles"
    " (dwpw compare counts them)."
)


def print_renode(comparisons: Sequence[Comparison], console: Console, layers: bool) -> None:
    """What ran, layers if wanted, totals, and whether every tensor of every input is exact.

    comparisons: of each input, with the same kernel sets.
    """
    first = comparisons[0]
    where = (("engine", RENODE_MEANS), ("target", first.soc.target))
    more = [("input", text) for one in comparisons[1:] for text in one.inputs]
    print_details(first, console, where, more)
    console.print()
    table, _ = fitting(console, lambda layout: renode_table(comparisons, layout, layers))
    console.print(table)
    console.print()
    print_lines([INSTRUCTIONS_ONLY, *_verdicts(comparisons)], console)


def renode_table(comparisons: Sequence[Comparison], layout: Layout, layers: bool = True) -> Table:
    """One row per step with the instructions of each set, and the sum over the steps."""
    first = comparisons[0]
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    for title in ("operator", "output"):
        table.add_column(title, no_wrap=True)
    several = len(first.runs) > 1
    for title in (*(run.kernels for run in first.runs), *(["ratio"] if several else [])):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("exact", no_wrap=True)
    if layers:
        rows = [one.rows for one in comparisons]
        for place, row in enumerate(first.rows):
            exact = [[layer.exact for layer in of_input[place]] for of_input in rows]
            counts = [layer.instructions for layer in row]
            head = (row[0].number, layer_name(row[0]), shape_name(row[0].shape))
            table.add_row(*head, *_cells(counts, exact, layout))
        table.add_section()
    exact = [[run.exact for run in one.runs] for one in comparisons]
    counts = [run.instructions for run in first.runs]
    table.add_row("", "total", "", *_cells(counts, exact, layout), style="bold")
    return table


def _cells(counts: Sequence[int], exact: Sequence[Sequence[bool]], layout: Layout) -> list[Text]:
    """Instructions of each set, how many times fewer the last one takes, and the verdict.

    exact: of each input, of each set.
    """
    of_sets = [all(column) for column in zip(*exact, strict=True)]
    known = [count if one else None for count, one in zip(counts, of_sets, strict=True)]
    digits = full if layout.full else short
    cells = [
        Text(DIFFERS, style="bold red") if count is None else Text(digits(count)) for count in known
    ]
    if len(known) > 1:
        cells.append(Text(factor(known[0], known[-1])))
    wrong = sum(not all(one) for one in exact)
    mark = Text("yes", style="green") if not wrong else Text("NO", style="bold red")
    return [*cells, mark]


def _verdicts(comparisons: Sequence[Comparison]) -> list[str]:
    """One sentence when all is exact, and else what differs with which input."""
    if len(comparisons) == 1:
        return verdict(comparisons[0])
    if all(one.exact for one in comparisons):
        return [f"With each of {len(comparisons)} inputs: {verdict(comparisons[0])[0]}"]
    return [
        f"{'; '.join(one.inputs)}: {line}"
        for one in comparisons
        if not one.exact
        for line in verdict(one)
    ]


def renode_json(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """The same in plain values; counts are null where a tensor of any input differs."""
    first = comparisons[0]
    return {
        "schema": SCHEMA,
        "engine": RENODE,
        **about(first),
        "inputs": ["; ".join(one.inputs) for one in comparisons],
        "runs": [
            _run_json([one.runs[place] for one in comparisons]) for place in range(len(first.runs))
        ],
    }


def _run_json(runs: Sequence[ComparedRun]) -> dict[str, Any]:
    """One kernel set; runs: with each input."""
    exact = all(run.exact for run in runs)
    of_layers = list(zip(*(run.layers for run in runs), strict=True))
    return {
        "kernels": runs[0].kernels,
        "instructions": runs[0].instructions if exact else None,
        "exact": exact,
        "runs": [
            {
                "instructions": run.instructions if run.exact else None,
                "exact": run.exact,
                "output": list(run.output),
            }
            for run in runs
        ],
        "layers": [
            fields for step, layers in enumerate(of_layers) for fields in _layer_json(step, layers)
        ],
    }


def _layer_json(step: int, layers: Sequence[ComparedLayer]) -> list[dict[str, Any]]:
    """The operators of a step, without cycles."""
    rows = layer_fields(step, layers[0])
    for row in rows:
        del row["cycles"]
    if not all(layer.exact for layer in layers):
        rows[-1] |= {"instructions": None, "exact": False}
    return rows
