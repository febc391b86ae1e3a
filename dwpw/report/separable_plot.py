"""Predicted and measured saving as a drawing, PNG and SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from dwpw.errors import UserError
from dwpw.separable import Grid, MeasuredSet

WIDTH, HEIGHT = 3.6, 3.4
"""Inches of each panel."""

TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def draw_separable(grid: Grid, sets: Sequence[MeasuredSet], png: Path, svg: Path) -> None:
    """One panel for each Dk: the paper's line, and a line for each kernel set.

    Without display, and the same bytes for the same numbers: no date, no random names.
    """
    matplotlib.rcParams["svg.hashsalt"] = "dwpw"
    count = len(grid.windows)
    figure = Figure(figsize=(WIDTH * count, HEIGHT), layout="constrained")
    values = [point.predicted for point in grid.points]
    values += [each.measured for one in sets for each in one.points]
    low, high = min(values) * 0.8, max(values) * 1.25
    panels = figure.subplots(1, count, sharey=True, squeeze=False)[0]
    for panel, window in zip(panels, grid.windows, strict=True):
        points = [point for point in grid.points if point.window == window]
        numbers = [point.outputs for point in points]
        predicted = [point.predicted for point in points]
        panel.plot(numbers, predicted, "k--", label="1/N + 1/Dk²")
        for one in sets:
            measured = [each.measured for each in one.points if each.point.window == window]
            panel.plot(numbers, measured, "o-", label=one.kernel_set)
        panel.set_xscale("log", base=2)
        panel.set_yscale("log")
        panel.set_yticks(TICKS, [f"{tick:g}" for tick in TICKS])
        panel.minorticks_off()
        panel.set_xticks(numbers, [str(number) for number in numbers])
        panel.set_xlabel("output channels N")
        panel.set_ylim(low, high)
        panel.set_title(f"Dk = {window}")
        panel.grid(alpha=0.3, which="both")
    panels[0].set_ylabel("separable / standard, cycles")
    panels[0].legend()
    try:
        figure.savefig(png, dpi=150)
        figure.savefig(svg, metadata={"Date": None})
    except OSError as error:
        raise UserError(f"{error.filename or png}: cannot be written: {error.strerror}") from error
