"""`dwpw build --board` for people and as JSON, schema `dwpw.build/1`."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from dwpw.boards import BoardResult
from dwpw.report.area_table import tools_line
from dwpw.report.layout import Layout, new_table
from dwpw.report.numbers import NOTHING, full
from soc.boards.bitstreams import BoardBuild, BoardRoute
from soc.fpga.report import NAMES, ClockReport

SCHEMA = "dwpw.build/1"
BASELINE = "none"
"""The extension of the SoC without units."""


def extension_name(build: BoardBuild) -> str:
    """Of the units in a build."""
    return ", ".join(unit.name for unit in build.units) or BASELINE


def system_clock(build: BoardBuild, route: BoardRoute) -> ClockReport:
    """What is reported of the clock that the CPU runs on."""
    return route.report.clock(build.project.clock_hz / 1e6)


def print_board(result: BoardResult, console: Console) -> None:
    """Heading, a row per seed and SoC, what the extension costs, and where the bitstreams are."""
    first = result.builds[0]
    clock = f"{first.project.clock_hz / 1e6:g} MHz"
    lines = (
        ("board", f"{first.board.title} ({first.project.device}), {clock}"),
        ("tools", tools_line(first.tools)),
    )
    for name, value in lines:
        console.print(Text(f"{name:<7}", style="bold") + Text(value), soft_wrap=True)
    console.print()
    console.print(_table(result))
    console.print()
    for build in result.builds:
        for route in build.routes:
            label = f"bitstream {extension_name(build)}, seed {route.seed}:"
            console.print(f"{label} {route.bitstream}", highlight=False, soft_wrap=True)


def _table(result: BoardResult) -> Any:
    table = new_table(Layout(full=True))
    table.add_column("extension", no_wrap=True)
    for title in ("seed", *NAMES.values(), "Fmax MHz"):
        table.add_column(title, justify="right", no_wrap=True)
    for build in result.builds:
        for route in build.routes:
            clock = system_clock(build, route)
            style = "" if route.report.met else "bold red"
            table.add_row(
                *(extension_name(build), str(route.seed)),
                *(_count(route.report.resources.get(name)) for name in NAMES),
                Text(f"{clock.reached:.1f}", style=style),
            )
    if result.cost:
        table.add_section()
        worst = [min(system_clock(b, r).reached for r in b.routes) for b in result.builds]
        table.add_row(
            *("costs", ""),
            *(f"{result.cost[name]:+,}" if name in result.cost else NOTHING for name in NAMES),
            f"{worst[0] - worst[1]:+.1f}",
            style="bold",
        )
    return table


def _count(usage: Any) -> str:
    """How many, and the share of the chip."""
    if usage is None:
        return NOTHING
    return f"{full(usage.used)} ({100 * usage.used / usage.available:.0f}%)"


def timing_failures(result: BoardResult) -> list[str]:
    """One line for every routed design that misses a clock."""
    return [
        f"seed {route.seed}, extension {extension_name(build)}:"
        f" {_clock_name(clock, build, route)} reaches"
        f" {clock.reached:.1f} MHz, wanted are {clock.wanted:.1f}; the longest path goes from"
        f" {clock.start} to {clock.end}"
        for build, route in result.misses()
        for clock in route.report.clocks
        if not clock.met
    ]


def _clock_name(clock: ClockReport, build: BoardBuild, route: BoardRoute) -> str:
    """Of the nets that a clock goes by nextpnr may have chosen any."""
    system = clock == system_clock(build, route)
    return "the system clock" if system else f"clock {clock.name}"


def board_json(result: BoardResult) -> dict[str, Any]:
    """The same in plain values."""
    first = result.builds[0]
    return {
        "schema": SCHEMA,
        "board": first.board.name,
        "device": first.project.device,
        "clock_hz": first.project.clock_hz,
        "tools": first.tools,
        "builds": [_build(build, route) for build in result.builds for route in build.routes],
        "cost": result.cost,
    }


def _build(build: BoardBuild, route: BoardRoute) -> dict[str, Any]:
    return {
        "extension": extension_name(build) if build.units else None,
        "seed": route.seed,
        **{name: vars(usage) for name, usage in route.report.resources.items()},
        "fmax_mhz": system_clock(build, route).reached,
        "timing_met": route.report.met,
        "clocks": [
            {
                "name": clock.name,
                "reached_mhz": clock.reached,
                "wanted_mhz": clock.wanted,
                "from": clock.start,
                "to": clock.end,
            }
            for clock in route.report.clocks
        ],
        "bitstream": str(route.bitstream),
    }
