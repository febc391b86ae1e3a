"""The text of a page, from its template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from dwpw.report.html.bundle import vega_script
from dwpw.report.html.charts import charts_of
from dwpw.report.html.content import Report
from dwpw.report.html.table import documents, layer_records, table_html
from dwpw.report.jsonfile import write_text
from dwpw.report.numbers import DIFFERS, factor, full
from dwpw.roofline import limits_of
from soc.fpga.report import NAMES

TEMPLATES = files("dwpw.report.html") / "templates"

HEADINGS: Mapping[str, tuple[str, str]] = {
    "totals": (
        "The whole inference",
        "Measured with nothing between the layers.",
    ),
    "layers": (
        "Layer by layer",
        "Cycles of each layer with each kernel set, measured alone. From one"
        " mark of the axis to the next is a factor: a bar half as long is far less than half.",
    ),
    "accounts": (
        "Where the cycles went",
        "instr: an instruction retired; the others are cycles in which none did. D$: a data cache"
        " line was refilled; store: the bus had not taken an earlier store; port: the custom"
        " instruction had to wait; fetch: instructions were missing; other: operands, divisions,"
        " CSRs; again: flushed by a refill and executed again.",
    ),
    "roofline": (
        "Roofline",
        "Each point is a layer. To its right it has more work for each byte that must be moved at"
        " the least (inputs, constants and output once); above it lie what the memory brings"
        " (slope) and what can be multiplied (flat).",
    ),
}
"""Name of a chart -> its heading and what is to be seen."""

LEDGER = ("Where the cycles of {name} went", "The accounts of each layer.")


def write_page(report: Report, path: Path) -> None:
    """Write the whole file at once; `UserError` where that is not possible."""
    write_text(page_text(report), path)


def page_text(report: Report) -> str:
    """One self-contained page."""
    charts = charts_of(report)
    return Template(_template("page.html")).substitute(
        title=escape(report.title),
        style=_template("page.css"),
        verdict=_verdict(report),
        facts=_definitions(facts_of(report)),
        summary=_summary(report),
        charts="\n".join(_figure(name) for name in charts),
        cost=_cost(report.cost),
        table=table_html(layer_records(report)),
        versions=_definitions(report.versions),
        command=escape(report.command),
        documents=_embedded(documents(report)),
        specs=_embedded(charts),
        vega=vega_script(),
        script=_template("page.js"),
    )


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _embedded(value: Any) -> str:
    """JSON inside a script element, which `<` alone could end."""
    return json.dumps(value, separators=(",", ":")).replace("<", r"\u003c")


def facts_of(report: Report) -> dict[str, str]:
    """What ran on what."""
    graph, soc = report.comparison.graph, report.comparison.soc
    limits = limits_of(soc)
    memory = soc.memory_text
    if limits.bytes_per_cycle is not None:
        memory += f", {limits.bytes_per_cycle:g} bytes per cycle at the most"
    return {
        "model": f"{graph.path.name} ({len(graph.operators)} operators, {full(graph.macs)} MACs,"
        f" {full(graph.parameters)} parameters)",
        "sha256": graph.sha256,
        "input": "; ".join(report.comparison.inputs),
        "target": soc.target,
        "cpu": f"{soc.cpu} at {soc.clock_hz / 1e6:g} MHz",
        "memory": memory,
        "at the most": "; ".join(
            f"{roof.macs_per_cycle:g} MAC/cycle ({roof.name})" for roof in limits.roofs
        ),
        "compared with": report.comparison.golden,
    }


def _verdict(report: Report) -> str:
    if report.comparison.exact:
        tensors = sum(layer.tensors for run in report.comparison.runs for layer in run.layers)
        return f"<p class=exact>All {tensors} tensors are bit-exact with the golden layers.</p>"
    return (
        f"<p class=differs>A tensor {DIFFERS}: counts of what is not exact are no result and are"
        " not shown.</p>"
    )


def _summary(report: Report) -> str:
    """The totals in numbers."""
    first = report.comparison.runs[0]
    hz = report.comparison.soc.clock_hz
    heads = ("kernel set", "cycles", "ms", f"times {first.kernels}", "MAC/cycle")
    rows = [
        (
            run.kernels,
            full(run.cycles) if run.exact else DIFFERS,
            f"{1000 * run.cycles / hz:,.2f}" if run.exact else "–",
            factor(first.cycles if first.exact else None, run.cycles if run.exact else None),
            f"{report.comparison.graph.macs / run.cycles:.3f}" if run.exact else "–",
        )
        for run in report.comparison.runs
    ]
    return _plain_table(heads, rows)


def _plain_table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th scope=col>{escape(text)}</th>" for text in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows
    )
    return f"<table class=small><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _figure(name: str) -> str:
    ledger = name.removeprefix("ledger-")
    heading, text = HEADINGS.get(name) or (LEDGER[0].format(name=ledger), LEDGER[1])
    return (
        f"<section class=drawn><h2>{escape(heading)}</h2><p>{escape(text)}</p>"
        f'<div class=chart id="chart-{escape(name)}"></div></section>'
    )


def _cost(cost: Mapping[str, Any] | None) -> str:
    """Area and speed, or how to get them."""
    if cost is None:
        return (
            "<p>Not measured. <code>dwpw area</code> measures the units of this target; a page that"
            " is made afterwards has the result.</p>"
        )
    heads = ("device", *NAMES.values(), "Fmax MHz")
    row = (cost["device"], *(full(cost[name]) for name in NAMES), f"{cost['fmax_mhz']:.1f}")
    extension = ", ".join(f"{name} {value}" for name, value in cost["extension"].items())
    tools = ", ".join(f"{name} {value}" for name, value in cost["tools"].items())
    note = escape(f"The extension alone ({extension}), by {tools}.")
    return f"{_plain_table(heads, [row])}<p>{note}</p>"


def _definitions(facts: Mapping[str, str]) -> str:
    return f"<dl>{''.join(_pairs(facts))}</dl>"


def _pairs(facts: Mapping[str, str]) -> Iterator[str]:
    for name, value in facts.items():
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
