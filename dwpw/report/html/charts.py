"""What is drawn, in the words of Vega-Lite; nothing here draws.

Words and lines have the colour of the text around them (`currentColor`), so that one chart is right
on a light page, on a dark one and on paper; the colours of bars and points are of middle lightness.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any

from dwpw.comparison import Comparison
from dwpw.ledger import Ledger
from dwpw.report.html.content import Report
from dwpw.report.html.rows import (
    ACCOUNT_NAMES,
    Row,
    account_rows,
    account_totals,
    compared_rows,
    roof_rows,
    roofline_rows,
    total_rows,
)

Spec = dict[str, Any]

SET_COLOURS = ("#8b929c", "#d98a2b", "#3b8fd6", "#3fa66b", "#b565c9", "#d6604d")
"""Of the kernel sets, in their order."""
ACCOUNT_COLOURS = ("#3b8fd6", "#d6604d", "#d98a2b", "#b565c9", "#3fa66b", "#8b929c", "#c4a000")
"""Of ACCOUNT_NAMES."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")

BAR_HEIGHT, GROUP_HEIGHT = 16, 24
"""Pixels of a line of a chart with one bar, and the least with one for each kernel set."""
THIN_BAR = 8
ROOFLINE_HEIGHT = 380
LABEL_WIDTH = 150
LABEL_ROOM = 1.2

FULL, SHORT, SHARE = ",d", ".3~s", ".1%"
"""Number formats of d3."""

CONFIG: Spec = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "text": {"color": "currentColor"},
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "domainColor": "currentColor",
        "tickColor": "currentColor",
        "gridColor": "currentColor",
        "gridOpacity": 0.15,
        "labelLimit": LABEL_WIDTH,
        "titleFontWeight": "normal",
    },
    "legend": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "orient": "top",
        "title": None,
        "columns": 4,
    },
}


def charts_of(report: Report) -> dict[str, Spec]:
    """Name -> chart; those that have nothing to show are left out."""
    comparison = report.comparison
    charts = {
        "totals": totals_chart(comparison),
        "layers": layers_chart(comparison),
        "accounts": accounts_chart(report.ledgers),
    }
    for ledger in report.ledgers:
        charts[f"ledger-{ledger.comparison.runs[0].kernels}"] = ledger_chart(ledger)
    charts["roofline"] = roofline_chart(comparison)
    return {name: chart for name, chart in charts.items() if chart is not None}


def _chart(height: int, **parts: Any) -> Spec:
    """A chart as wide as the page gives it room."""
    return {
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": CONFIG,
        **parts,
    }


def _sets(comparison: Comparison) -> Spec:
    """The colour of a kernel set, the same in every chart."""
    names = [run.kernels for run in comparison.runs]
    colours = [SET_COLOURS[place % len(SET_COLOURS)] for place in range(len(names))]
    return {"field": "set", "type": "nominal", "scale": {"domain": names, "range": colours}}


def _accounts() -> Spec:
    scale = {"domain": list(ACCOUNT_NAMES), "range": list(ACCOUNT_COLOURS)}
    return {"field": "account", "type": "nominal", "scale": scale}


def _told(*fields: tuple[str, str, str | None]) -> list[Spec]:
    """What is shown when a pointer stands on a bar: field, title, format."""
    return [
        {"field": field, "title": title, **({"format": form} if form else {})}
        for field, title, form in fields
    ]


def _layer_axis(rows: Sequence[Row], field: str = "layer") -> Spec:
    """Layers from top to bottom, in the order in which they run."""
    names = list(dict.fromkeys(row[field] for row in rows))
    return {"field": field, "type": "nominal", "sort": names, "title": None}


def _count(rows: Sequence[Row], field: str) -> int:
    """How many different ones there are, and so lines of the chart."""
    return len({row[field] for row in rows})


def _logarithmic(rows: Sequence[Row]) -> tuple[Spec, int]:
    """An axis of cycles in decades, and where its bars begin."""
    lowest = 10 ** int(log10(min(row["cycles"] for row in rows)))
    scale = {"type": "log", "domainMin": lowest}
    axis = {"format": "~s", "tickCount": 5}
    title = "cycles (logarithmic)"
    field = {"field": "cycles", "type": "quantitative", "scale": scale, "axis": axis}
    return {**field, "title": title}, lowest


def totals_chart(comparison: Comparison) -> Spec | None:
    """The whole inference, a bar for each kernel set."""
    rows = total_rows(comparison)
    if not rows:
        return None
    # Room for the number behind the longest bar.
    scale = {"domainMax": LABEL_ROOM * max(row["cycles"] for row in rows)}
    axis = {"format": "~s", "tickCount": 5}
    cycles = {"field": "cycles", "type": "quantitative", "scale": scale, "axis": axis}
    return _chart(
        GROUP_HEIGHT * _count(rows, "set"),
        data={"values": rows},
        encoding={"y": _layer_axis(rows, "set"), "x": {**cycles, "title": "cycles"}},
        layer=[
            {
                "mark": "bar",
                "encoding": {
                    "color": {**_sets(comparison), "legend": None},
                    "tooltip": _told(
                        ("set", "kernel set", None),
                        ("cycles", "cycles", FULL),
                        ("ms", "ms", ".2f"),
                        ("times", "times faster", ".2f"),
                    ),
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"text": {"field": "cycles", "format": SHORT}},
            },
        ],
    )


def layers_chart(comparison: Comparison) -> Spec | None:
    """The comparison: for each layer a bar of every kernel set."""
    rows = compared_rows(comparison)
    if not rows:
        return None
    cycles, lowest = _logarithmic(rows)
    names = [run.kernels for run in comparison.runs]
    return _chart(
        _count(rows, "layer") * max(GROUP_HEIGHT, THIN_BAR * (len(names) + 1)),
        data={"values": rows},
        mark="bar",
        encoding={
            "y": {**_layer_axis(rows), "scale": {"paddingInner": 0.25}},
            "yOffset": {"field": "set", "sort": names},
            "x": cycles,
            "x2": {"datum": lowest},
            "color": _sets(comparison),
            "tooltip": _told(
                ("layer", "layer", None),
                ("shape", "output", None),
                ("set", "kernel set", None),
                ("kernel", "kernel", None),
                ("cycles", "cycles", FULL),
                ("macs", "MACs", FULL),
                ("speed", "MAC/cycle", ".3f"),
                ("times", f"times {names[0]}", ".2f"),
            ),
        },
    )


def accounts_chart(ledgers: tuple[Ledger, ...]) -> Spec | None:
    """Where the cycles of each kernel set went: shares of all layers."""
    rows = account_totals(ledgers)
    if not rows:
        return None
    share = {"field": "share", "type": "quantitative", "stack": "zero"}
    axis = {"format": ".0%", "tickCount": 5}
    return _chart(
        GROUP_HEIGHT * _count(rows, "set"),
        data={"values": rows},
        mark="bar",
        encoding={
            "y": _layer_axis(rows, "set"),
            "x": {**share, "axis": axis, "title": "share of all cycles"},
            "color": _accounts(),
            "order": {"field": "place"},
            "tooltip": _told(("set", "kernel set", None), *_ACCOUNT_TOLD),
        },
    )


_ACCOUNT_TOLD = (
    ("account", "account", None),
    ("cycles", "cycles", FULL),
    ("share", "share", SHARE),
    ("layer_cycles", "of", FULL),
)


def ledger_chart(ledger: Ledger) -> Spec | None:
    """Where the cycles of one kernel set went, layer by layer."""
    rows = account_rows(ledger)
    if not rows:
        return None
    axis = {"format": SHORT, "tickCount": 5}
    cycles = {"field": "cycles", "type": "quantitative", "stack": "zero", "axis": axis}
    return _chart(
        BAR_HEIGHT * _count(rows, "layer"),
        data={"values": rows},
        mark="bar",
        encoding={
            "y": _layer_axis(rows),
            "x": {**cycles, "title": "cycles"},
            "color": _accounts(),
            "order": {"field": "place"},
            "tooltip": _told(("layer", "layer", None), *_ACCOUNT_TOLD),
        },
    )


def roofline_chart(comparison: Comparison) -> Spec | None:
    """MAC per cycle against MAC per byte, below what the target allows."""
    rows, roofs = roofline_rows(comparison), roof_rows(comparison)
    if not rows:
        return None
    groups = list(dict.fromkeys(row["group"] for row in rows))
    intensity = {"field": "intensity", "type": "quantitative", "scale": {"type": "log"}}
    speed = {"field": "speed", "type": "quantitative", "scale": {"type": "log"}}
    ends = [
        next(row for row in reversed(roofs) if row["roof"] == name)
        for name in dict.fromkeys(row["roof"] for row in roofs)
    ]
    axis = {"tickCount": 5, "format": "~g"}
    encoding = {
        "x": {**intensity, "axis": axis, "title": "MAC per byte that must be moved"},
        "y": {**speed, "axis": axis, "title": "MAC per cycle"},
    }
    shape = {"field": "group", "type": "nominal"}
    return _chart(
        ROOFLINE_HEIGHT,
        encoding=encoding,
        layer=[
            {
                "data": {"values": roofs},
                "mark": {"type": "line", "strokeDash": [5, 3], "color": "currentColor"},
                "encoding": {"detail": {"field": "roof"}, "order": {"field": "intensity"}},
            },
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "right", "dy": -7},
                "encoding": {"text": {"field": "roof"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 0.85},
                "encoding": {
                    "color": _sets(comparison),
                    "shape": {
                        **shape,
                        "scale": {"domain": groups, "range": SHAPES[: len(groups)]},
                        "legend": {"orient": "bottom"},
                    },
                    "tooltip": _told(
                        ("layer", "layer", None),
                        ("set", "kernel set", None),
                        ("speed", "MAC/cycle", ".3f"),
                        ("intensity", "MAC/byte", ".2f"),
                        ("bytes", "bytes", FULL),
                    ),
                },
            },
        ],
    )
