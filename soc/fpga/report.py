"""What nextpnr reports about a design: resources, frequencies, the longest path."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

RESOURCES = {
    "lut": {"TRELLIS_COMB": 1, "LUT4": 1, "ALU": 1, "RAM16SDP4": 4},
    "ff": {"TRELLIS_FF": 1, "DFF": 1},
    "bram": {"DP16KD": 1, "BSRAM": 1},
    "dsp": {"MULT18X18D": 1, "MULT18X18": 1, "MULT9X9": 0.5},
}
"""Our names for what reports count, and the cells that count: on ECP5 one each (TRELLIS_COMB is a
LUT in any of its roles), on Gowin a LUT in each of its roles, and multipliers of half the width."""

NAMES = {"lut": "LUT", "ff": "FF", "bram": "block RAM", "dsp": "DSP"}
"""The same for people."""


@dataclass(frozen=True)
class Usage:
    """How many of a resource a design takes, and how many the chip has."""

    used: int
    available: int


@dataclass(frozen=True)
class ClockReport:
    """A clock's frequencies in MHz, and the two ends of its longest path."""

    name: str
    reached: float
    wanted: float
    start: str
    end: str

    @property
    def met(self) -> bool:
        """Whether the design may run at the wanted frequency."""
        return self.reached >= self.wanted


@dataclass(frozen=True)
class RouteReport:
    """One placed and routed design; `clocks` has the one with the least slack first."""

    resources: dict[str, Usage]
    clocks: tuple[ClockReport, ...]

    @property
    def met(self) -> bool:
        """Whether every clock may run at its frequency."""
        return all(clock.met for clock in self.clocks)

    def clock(self, megahertz: float) -> ClockReport:
        """The clock that was wanted to run at this frequency, to within the PLL's steps.

        Of several (a board's oscillator may run as fast) the one with the least slack.
        """
        near = [c for c in self.clocks if abs(c.wanted - megahertz) < 0.01 * megahertz]
        return near[0] if near else min(self.clocks, key=lambda c: abs(c.wanted - megahertz))


def read_report(path: Path) -> RouteReport:
    """Read the JSON that `nextpnr --report` writes."""
    data = json.loads(path.read_text())
    clocks = [
        _clock(name, frequency, data["critical_paths"]) for name, frequency in data["fmax"].items()
    ]
    return RouteReport(
        resources=_resources(data["utilization"]),
        clocks=tuple(sorted(clocks, key=lambda clock: clock.reached / clock.wanted)),
    )


def _resources(utilization: dict[str, dict[str, int]]) -> dict[str, Usage]:
    found = {}
    for resource, cells in RESOURCES.items():
        counts = {cell: utilization[cell] for cell in cells if cell in utilization}
        if counts:
            used = sum(cells[cell] * count["used"] for cell, count in counts.items())
            # Cells are in order: the others take their place from the first.
            available = next(iter(counts.values()))["available"]
            found[resource] = Usage(math.ceil(used), available)
    return found


def _clock(name: str, frequency: dict[str, float], paths: list[dict]) -> ClockReport:
    edges = re.compile(rf"(pos|neg)edge {re.escape(name)}")
    own = [p for p in paths if edges.fullmatch(p["from"]) and edges.fullmatch(p["to"])]
    ends = ("", "")
    if own:
        longest = max(own, key=lambda path: sum(step["delay"] for step in path["path"]))["path"]
        ends = (_cell(longest[0]["from"]), _cell(longest[-1]["to"]))
    return ClockReport(
        name.removeprefix("$glbnet$"), frequency["achieved"], frequency["constraint"], *ends
    )


def _cell(pin: dict) -> str:
    """A register's name as it is in the Verilog, as far as synthesis kept it."""
    name = re.split(r"_(?:TRELLIS_FF|CCU2C|LUT4|PFUMX|L6MUX21|MULT18X18D|DP16KD|DFF)", pin["cell"])[
        0
    ]
    return name or pin["cell"]


def overflow(log: str) -> str | None:
    """Which resource nextpnr's log shows to be more than full, None if none is."""
    rows = re.findall(r"^Info:\s+(\w+):\s*(\d+)/\s*(\d+)", log, re.MULTILINE)
    for cell, used, available in rows:
        if int(used) > int(available):
            ours = next((NAMES[name] for name, cells in RESOURCES.items() if cell in cells), None)
            label = f"{ours} ({cell})" if ours else cell
            return f"it needs {used} {label}, and there are {available}"
    return None
