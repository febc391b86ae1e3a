"""`dwpw area` for people and as JSON, schema `dwpw.area/1`."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from dwpw.report.layout import Layout, new_table
from dwpw.report.numbers import full
from dwpw.target.target import Target
from soc.fpga.estimate import Area
from soc.fpga.report import NAMES

SCHEMA = "dwpw.area/1"


def print_area(area: Area, target: Target, console: Console) -> None:
    """Device and tools, resources, and the speed of each seed."""
    sizes = ", ".join(f"{name} {size}" for name, size in target.sizes.items())
    lines = (
        ("extension", f"{target.extension['name']} ({sizes})"),
        ("device", area.device),
        ("tools", tools_line(area.tools)),
    )
    for name, value in lines:
        console.print(Text(f"{name:<11}", style="bold") + Text(value), soft_wrap=True)
    console.print()
    resources = new_table(Layout(full=True))
    for title in NAMES.values():
        resources.add_column(title, justify="right", no_wrap=True)
    resources.add_row(*(full(area.resources[name].used) for name in NAMES))
    console.print(resources)
    console.print()
    speed = new_table(Layout(full=True))
    speed.add_column("seed", justify="right", no_wrap=True)
    speed.add_column("Fmax MHz", justify="right", no_wrap=True)
    speed.add_column("longest path")
    for route in area.routes:
        path = f"{route.start} to {route.end}"
        speed.add_row(str(route.seed), f"{route.reached:.1f}", path)
    console.print(speed)


def tools_line(tools: dict[str, str]) -> str:
    """Packages and versions in a line."""
    return ", ".join(f"{package} {version}" for package, version in tools.items())


def area_json(area: Area, target: Target) -> dict[str, Any]:
    """The same in plain values."""
    return {
        "schema": SCHEMA,
        "extension": {"name": target.extension["name"], **target.sizes},
        "device": area.device,
        "tools": area.tools,
        **{name: area.resources[name].used for name in NAMES},
        "fmax_mhz": min(route.reached for route in area.routes),
        "routes": [
            {"seed": r.seed, "fmax_mhz": r.reached, "from": r.start, "to": r.end}
            for r in area.routes
        ],
    }
