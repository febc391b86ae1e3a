"""What instructions save, as a table, as a page and as JSON (schema `dwpw.gains/1`)."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import Any

from rich.console import Console
from rich.table import Table

from dwpw.report.jsonfile import about, run_fields
from dwpw.report.numbers import DIFFERS, full, share
from dwpw.report.table import print_heading, print_lines, verdict
from dwpw.worth import Gains

SCHEMA = "dwpw.gains/1"
INTRODUCTION = (
    "Nothing works without {needed}. The others save cycles: without them, the instructions of the "
    "last column do their work, or kernels take another way. Kernels `{kernels}` on {cpu} at "
    "{mhz:g} MHz, memory {memory}:"
)
WIDTH = 100
"""Columns of a page of the documentation."""

TITLES = ("without", "cycles", "they save", "", "instead")

PAGE = """\
# What the instructions are worth

<!-- Written by the command below: do not edit. -->

{introduction}

```
{command}
```

| {titles} |
|---|---|---|---|---|
{rows}"""


def _rows(found: Gains, quote: str = "") -> Iterator[tuple[str, str, str, str, str]]:
    """The run with all instructions, then one row for each variant; mnemonics in `quote`s."""
    run = found.full.runs[0]
    yield "(all there)", full(run.cycles) if run.exact else DIFFERS, "", "", ""
    for one in found.gains:
        names = ", ".join(f"{quote}{name}{quote}" for name in one.variant.without)
        if one.saved is None:
            yield names, DIFFERS, "", "", one.variant.instead
        else:
            shown = full(one.run.cycles), full(one.saved), share(one.saved, one.run.cycles)
            yield names, *shown, one.variant.instead


def print_gains(found: Gains, console: Console) -> None:
    """The table, between what was measured on and whether all tensors were exact."""
    run = found.full.runs[0]
    print_heading(found.full, console, more=(("run", f"kernels {run.kernels}"),))
    table = Table(box=None, pad_edge=False)
    for title in TITLES:
        text = title in ("without", "instead")
        table.add_column(title, justify="left" if text else "right", no_wrap=title != "instead")
    for row in _rows(found):
        table.add_row(*row)
    console.print()
    console.print(table)
    console.print()
    print_lines(verdict(found.full), console)


def gains_markdown(found: Gains, command: str) -> str:
    """The table as a page of the documentation; `command` made it."""
    soc = found.full.soc
    introduction = INTRODUCTION.format(
        needed=", ".join(f"`{name}`" for name in found.needed),
        kernels=found.full.runs[0].kernels,
        cpu=soc.cpu,
        mhz=soc.clock_hz / 1e6,
        memory=soc.memory_text,
    )
    return PAGE.format(
        introduction=fill(introduction, WIDTH),
        command=command,
        titles=" | ".join(TITLES),
        rows="".join(f"| {' | '.join(row)} |\n" for row in _rows(found, quote="`")),
    )


def gains_json(found: Gains) -> dict[str, Any]:
    """The same in plain values."""
    return {
        "schema": SCHEMA,
        **about(found.full),
        "run": run_fields(found.full.runs[0]),
        "without": [
            {
                "left_out": list(one.variant.without),
                "instead": one.variant.instead,
                **run_fields(one.run),
                "saved": one.saved,
            }
            for one in found.gains
        ],
    }
