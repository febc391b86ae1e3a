"""The charts of a page as pictures, for documents; drawn by Vega too, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dwpw.report.html.bundle import VEGA_LITE
from dwpw.report.html.charts import charts_of
from dwpw.report.html.content import Report
from dwpw.report.jsonfile import write_text

WIDTH = 860
"""Pixels: what a page of a repository has room for."""

PADDING = {"left": 24, "right": 8, "top": 5, "bottom": 5}
"""Pixels around a chart: a reader's font may be wider than the one that Vega measures with."""

PAPER = "white"
"""Words are black in a picture, whatever the page around it."""


def write_pictures(report: Report, folder: Path) -> list[Path]:
    """A picture `NAME.svg` of each chart in a folder that is there."""
    written = []
    for name, chart in charts_of(report).items():
        path = folder / f"{name}.svg"
        write_text(svg(chart), path)
        written.append(path)
    return written


def svg(chart: dict[str, Any]) -> str:
    """The chart with a width of its own."""
    fixed = {**chart, "width": WIDTH, "padding": PADDING}
    fixed["config"] = {**chart["config"], "background": PAPER}
    import vl_convert  # large, and not needed before

    fixed["autosize"] = {"type": "fit-x", "contains": "padding"}
    return vl_convert.vegalite_to_svg(fixed, vl_version=VEGA_LITE) + "\n"
