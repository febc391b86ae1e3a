"""What the engines of units did for each operator inside a step, as a table on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from dwpw.comparison import ComparedLayer, ComparedOperator
from dwpw.report.layout import Layout, new_table
from dwpw.report.names import operator_name, shape_name
from dwpw.report.numbers import NOTHING, full, rate, short

EXPLANATION = (
    "A row has the cycles in which an engine's commands for the operator had it, and those in which"
    " it had nothing to do before them. Both are measured, overlap with the other engine, and count"
    " no cycle of an engine twice; MAC/cyc is of the first engine's busy ones."
)


def watched(layers: Sequence[ComparedLayer]) -> list[ComparedLayer]:
    """Steps whose engines were watched, and whose cycles are a result."""
    return [layer for layer in layers if layer.exact and layer.turns]


def engines_table(layers: Sequence[ComparedLayer], layout: Layout) -> Table:
    """A row for each operator of steps that were watched; all have the same engines."""
    names = [*layers[0].turns]
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    for title in ("operator", "output"):
        table.add_column(title, no_wrap=True)
    titles = [title for name in names for title in (name, "waits")]
    for title in ("MACs", titles[0], "MAC/cyc", *titles[1:]):
        table.add_column(title, justify="right", no_wrap=True)
    for layer in layers:
        for place, operator in enumerate(layer.operators):
            table.add_row(*_cells(layer, place, operator, layout))
    return table


def _cells(
    layer: ComparedLayer, place: int, operator: ComparedOperator, layout: Layout
) -> Iterator[str | Text]:
    count = full if layout.full else short
    first, *others = layer.engines[place].values()
    yield from (str(operator.index), operator_name(operator.kind, operator.window))
    yield from (shape_name(operator.shape), count(operator.macs) if operator.macs else NOTHING)
    yield from (count(first.busy), rate(operator.macs, first.busy), count(first.waiting))
    for one in others:
        yield from (count(one.busy), count(one.waiting))
