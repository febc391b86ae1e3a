"""An accuracy on the terminal: top-1, who is taken for whom, and whether all outputs are exact."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from dwpw.accuracy import Accuracy
from dwpw.golden import description
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.numbers import DIFFERS, full, share
from dwpw.report.table import print_lines

MOST_CLASSES = 20
"""Of which a whole matrix is shown."""

MOST_CONFUSED = 10
MOST_NAMED = 3


def print_accuracy(accuracy: Accuracy, console: Console) -> None:
    """Everything."""
    graph = accuracy.graph
    print_lines(
        [
            f"model  {escape(str(graph.path))}: {full(graph.macs)} MACs,"
            f" {full(graph.parameters)} parameters",
            f"images {escape(accuracy.images)}",
            f"kernels {accuracy.kernels} of target {accuracy.target}, compiled for this computer",
            f"golden {description()}",
        ],
        console,
    )
    console.print()
    small = len(accuracy.names) <= MOST_CLASSES
    build = _matrix if small else _most_confused
    console.print(fitting(console, lambda layout: build(accuracy, layout))[0])
    console.print()
    print_lines([*map(escape, _sentences(accuracy))], console)


def _matrix(accuracy: Accuracy, layout: Layout) -> Table:
    """A row for each true class, a column for each that the model says."""
    confusion = accuracy.confusion
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("is \\ taken for", no_wrap=True)
    for number in range(len(accuracy.names)):
        table.add_column(str(number), justify="right", no_wrap=True)
    table.add_column("right", justify="right", no_wrap=True)
    for number, name in enumerate(accuracy.names):
        row = [full(int(count)) if count else "" for count in confusion[number]]
        cells = [Text(text, style="bold" if i == number else "") for i, text in enumerate(row)]
        right = share(int(confusion[number, number]), int(confusion[number].sum()))
        table.add_row(str(number), Text(name), *cells, right)
    return table


def _most_confused(accuracy: Accuracy, layout: Layout) -> Table:
    """The pairs of classes that were confused most often."""
    table = new_table(layout)
    for title in ("is", "taken for"):
        table.add_column(title, no_wrap=True)
    table.add_column("images", justify="right", no_wrap=True)
    wrong = accuracy.confusion.copy()
    np.fill_diagonal(wrong, 0)
    for place in np.argsort(-wrong, axis=None, kind="stable")[:MOST_CONFUSED]:
        is_class, taken_for = np.unravel_index(place, wrong.shape)
        if wrong[is_class, taken_for]:
            names = (Text(accuracy.names[number]) for number in (is_class, taken_for))
            table.add_row(*names, full(int(wrong[is_class, taken_for])))
    return table


def _sentences(accuracy: Accuracy) -> list[str]:
    count = full(accuracy.count)
    right = f"{accuracy.top1:.2%} ({full(accuracy.correct)} of {count} images)"
    lines = [f"top-1 {right if accuracy.exact else DIFFERS}"]
    if accuracy.unequal:
        named = ", ".join(accuracy.unequal[:MOST_NAMED])
        more = len(accuracy.unequal) - MOST_NAMED
        lines.append(
            f"{full(len(accuracy.unequal))} of {count} outputs differ from TFLite's: {named}"
            + (f" and {full(more)} more" if more > 0 else "")
        )
    else:
        lines.append(f"All {count} outputs are bit-exact with TFLite's.")
    for one in accuracy.simulated:
        verdict = f"all {one.tensors} tensors are bit-exact" if one.exact else DIFFERS
        lines.append(f"{one.source} on the simulated SoC: {verdict}")
    return lines
