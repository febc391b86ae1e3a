"""A run on a board beside the same run on the simulator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.comparison import ComparedLayer, ComparedRun, Comparison
from dwpw.report.jsonfile import to_json
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.names import layer_name, shape_name
from dwpw.report.numbers import BETWEEN, DIFFERS, NOTHING, full, short
from dwpw.report.table import between, print_heading, print_lines, verdict

TOLERANCE = 0.05
"""Of the simulator's cycles: what another memory chip and its refreshes may account for."""

MACHINES = ("board", "simulator")
"""What the two runs of a comparison are, in their order."""


@dataclass(frozen=True)
class OnBoard:
    """Comparison of exactly two runs, a board's and the simulator's.

    where: the board and its port; simulated: the SoC that was simulated.
    """

    comparison: Comparison
    where: str
    simulated: str

    @property
    def runs(self) -> tuple[ComparedRun, ComparedRun]:
        """Board, simulator."""
        board, simulator = self.comparison.runs
        return board, simulator

    @property
    def pairs(self) -> list[tuple[ComparedLayer, ComparedLayer]]:
        """Every layer on both."""
        return [(board, simulator) for board, simulator in self.comparison.rows]

    @property
    def deviating(self) -> list[int]:
        """Layers whose cycles differ by more than TOLERANCE, by their first operators; only those
        that are exact on both."""
        return [board.index for board, simulator in self.pairs if _deviates(board, simulator)]


def difference(board: int, simulator: int) -> float:
    """Of the board's cycles, as a part of the simulator's."""
    return board / simulator - 1 if simulator else 0.0


def _deviates(board: ComparedLayer, simulator: ComparedLayer) -> bool:
    exact = board.exact and simulator.exact
    return exact and abs(difference(board.cycles, simulator.cycles)) > TOLERANCE


def print_on_board(result: OnBoard, console: Console, layers: bool) -> None:
    """What ran where, the layers side by side if wanted, and the total."""
    more = [("on", result.where), ("beside", result.simulated)]
    print_heading(result.comparison, console, more)
    if layers:
        console.print()
        console.print(fitting(console, lambda layout: pair_table(result, layout))[0])
    console.print()
    print_lines([*summary(result), *verdict(result.comparison)], console)


def pair_table(result: OnBoard, layout: Layout) -> Table:
    """One row per step, then what lies between them, and the whole inference."""
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    for title in ("operator", "output"):
        table.add_column(title, no_wrap=True)
    for title in (*MACHINES, "difference"):
        table.add_column(title, justify="right", no_wrap=True)
    if layout.kernels:
        table.add_column("kernel", no_wrap=True)
    for pair in result.pairs:
        board = pair[0]
        table.add_row(
            *(board.number, layer_name(board), shape_name(board.shape)),
            *_figures(pair, layout),
            *(["+".join(board.kernels)] if layout.kernels else []),
            style="bold yellow" if _deviates(*pair) else "",
        )
    table.add_section()
    table.add_row("", BETWEEN, "", *(between(run, layout) for run in result.runs))
    table.add_row("", "total", "", *_figures(result.runs, layout), style="bold")
    return table


def _figures(pair: Sequence[ComparedLayer] | Sequence[ComparedRun], layout: Layout) -> list[Text]:
    """Cycles of both and their difference, where both are results."""
    cells = [Text((full if layout.full else short)(one.cycles)) for one in pair]
    for place, one in enumerate(pair):
        if not one.exact:
            cells[place] = Text(DIFFERS, style="bold red")
    if not all(one.exact for one in pair):
        return [*cells, Text(NOTHING)]
    part = difference(*(one.cycles for one in pair))
    # The mark is a character, so that it is there without colours too.
    mark = " !" if abs(part) > TOLERANCE else "  "
    return [*cells, Text(f"{100 * part:+.1f}%{mark}")]


def summary(result: OnBoard) -> list[str]:
    """Time on the board, and which layers differ."""
    board, simulator = result.runs
    lines = []
    if board.exact:
        clock_hz = result.comparison.soc.clock_hz
        lines.append(
            f"on the board: {full(board.cycles)} cycles, {1000 * board.cycles / clock_hz:.3f} ms"
            f" at {clock_hz / 1e6:g} MHz"
        )
    if board.exact and simulator.exact:
        count = len(result.deviating)
        lines.append(
            f"{count} of {len(board.layers)} layers differ by more than {100 * TOLERANCE:g} %"
            f"{' (marked !)' if count else ''}."
        )
    return lines


def on_board_json(result: OnBoard) -> dict[str, Any]:
    """The comparison as JSON with what each run ran on; `deviating` lists layers by index."""
    document = to_json(result.comparison)
    runs = [
        {"machine": machine, **run} for machine, run in zip(MACHINES, document["runs"], strict=True)
    ]
    return document | {
        "where": result.where,
        "simulated": result.simulated,
        "tolerance": TOLERANCE,
        "deviating": result.deviating,
        "runs": runs,
    }
