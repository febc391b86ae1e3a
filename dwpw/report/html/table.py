"""The table of a page: a line for each operator of each set, with all that the JSON has of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from dwpw.report.html.content import Report
from dwpw.report.jsonfile import to_json
from dwpw.report.ledger_json import to_json as ledger_json

Fields = dict[str, Any]

FIRST = (
    *("kernels", "index", "op", "kernel", "shape", "macs", "cycles", "instructions"),
    *("MAC/cycle", "bound", "binding", "exact"),
)
"""Columns that are always shown; the others when they are asked for."""

YES_NO = {True: "yes", False: "no"}


def documents(report: Report) -> dict[str, Any]:
    """All that the JSON files of `compare` and `explain` have, by their schema."""
    return {
        "compare": to_json(report.comparison),
        "explain": [ledger_json(ledger) for ledger in report.ledgers],
        "area": report.cost,
        "versions": dict(report.versions),
        "command": report.command,
    }


def layer_records(report: Report) -> list[Fields]:
    """A record for each operator of each run: plain values, nested ones as NAME.PART."""
    runs = to_json(report.comparison)["runs"]
    ledgers = {run["kernels"]: run["layers"] for run in map(ledger_json, report.ledgers)}
    return [
        {"kernels": run["kernels"], **dict(_flat(fields)), **_speed(fields)}
        for run in runs
        for fields in ledgers.get(run["kernels"], run["layers"])
    ]


def _speed(fields: Mapping[str, Any]) -> Fields:
    macs, cycles = fields["macs"], fields["cycles"]
    return {"MAC/cycle": round(macs / cycles, 3) if macs and cycles else None}


def _flat(fields: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def columns_of(records: Sequence[Fields]) -> list[str]:
    """The most asked for first; nothing is left out, but a name whose parts have columns."""
    names = list(dict.fromkeys(name for record in records for name in record))
    whole = {name for name in names if any(other.startswith(f"{name}.") for other in names)}
    return [
        *(name for name in FIRST if name in names),
        *(name for name in names if name not in FIRST and name not in whole),
    ]


def table_html(records: Sequence[Fields]) -> str:
    """The whole table element."""
    columns = columns_of(records)
    numeric = {name for name in columns if _is_numeric(records, name)}
    heads = "".join(_head(name, name in numeric) for name in columns)
    body = "\n".join(
        f"<tr>{''.join(_cell(record.get(name), name, name in numeric) for name in columns)}</tr>"
        for record in records
    )
    return (
        f"<table id=layers>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    )


def _is_numeric(records: Sequence[Fields], name: str) -> bool:
    values = [record.get(name) for record in records]
    return all(value is None or _is_number(value) for value in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _classes(name: str, numeric: bool) -> str:
    names = [*(["n"] if numeric else []), *([] if name in FIRST else ["more"])]
    return f' class="{" ".join(names)}"' if names else ""


def _head(name: str, numeric: bool) -> str:
    button = f"<button type=button>{escape(name)}</button>"
    return f"<th scope=col{_classes(name, numeric)}>{button}</th>"


def _cell(value: Any, name: str, numeric: bool) -> str:
    """A number keeps its value for the sort beside the text with separators."""
    key = f' data-v="{value}"' if _is_number(value) else ""
    return f"<td{_classes(name, numeric)}{key}>{escape(cell_text(value))}</td>"


def cell_text(value: Any) -> str:
    """A value for people; what there is none of is a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return "x".join(map(str, value))
    return str(value)
