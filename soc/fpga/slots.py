"""How many places of a Gowin chip a netlist takes at least.

A logic block has eight places: a LUT each, in six of them with a register behind it. nextpnr gets
to a register through the LUT of its place only. So a register shares a place with the LUT or the
carry that drives it; every other one (behind a register, a memory, a multiplier) takes a place
whose LUT only passes its input on. A memory in LUTs takes a whole block. Counts of LUTs and of
registers do not show this: a design may fit by both and have no placement, and nextpnr would look
for one without end.

    python -m soc.fpga.slots NETLIST.json ...       # of Yosys, for Gowin
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soc.errors import ToolError
from soc.fpga.netlist import top_module

PLACES = {"GW2A-18C": 20736}
"""Family, as nextpnr's option names it -> places of the chip."""

FAMILY = "family="
"""In front of a Gowin chip's family in the arguments of nextpnr."""

MEMORY = "RAM16SDP4"
MEMORY_PLACES = 8


@dataclass(frozen=True)
class Slots:
    """Places by what is in them; `alone` are those of registers behind no LUT and no carry."""

    luts: int
    carries: int
    memories: int
    alone: int

    @property
    def total(self) -> int:
        """Of a chip's places."""
        return self.luts + self.carries + self.memories + self.alone

    def missing(self, family: str) -> str | None:
        """Why no placement on a chip of `family` exists, None if one may or the chip is unknown."""
        available = PLACES.get(family)
        if available is None or self.total <= available:
            return None
        return (
            f"it needs {self.total} places of a LUT and a register, and there are {available}:"
            f" {self.luts} LUTs, {self.carries} carries, {self.memories} by memories in LUTs,"
            f" {self.alone} registers that are behind none of them"
        )


def slots_of(module: Mapping[str, Any]) -> Slots:
    """Places that a flat module of Yosys' JSON takes."""
    cells = list(module["cells"].values())
    behind = {  # net -> the cell with a LUT or a carry that drives it
        net: index
        for index, cell in enumerate(cells)
        for port in ("F", "SUM")
        if _has_lut(cell["type"])
        for net in cell["connections"].get(port, ())
    }
    registers = [cell for cell in cells if cell["type"].startswith("DFF")]
    drivers = [behind.get(cell["connections"]["D"][0]) for cell in registers]
    shared = len({driver for driver in drivers if driver is not None})
    return Slots(
        luts=sum(cell["type"].startswith("LUT") for cell in cells),
        carries=sum(cell["type"] == "ALU" for cell in cells),
        memories=MEMORY_PLACES * sum(cell["type"] == MEMORY for cell in cells),
        alone=len(registers) - shared,
    )


def read_slots(netlist: Path) -> Slots:
    """Those of the top module in a file of Yosys."""
    return slots_of(top_module(json.loads(netlist.read_text())))


def require_places(subject: str, placing: Sequence[str], netlist: Path) -> None:
    """Raise ToolError for a netlist that has no placement, which nextpnr would not notice.

    subject: begins the message; placing: nextpnr's arguments.
    """
    family = next((word.removeprefix(FAMILY) for word in placing if word.startswith(FAMILY)), None)
    missing = None if family is None else read_slots(netlist).missing(family)
    if missing is not None:
        raise ToolError(f"{subject}: {missing}")


def _has_lut(cell: str) -> bool:
    return cell.startswith("LUT") or cell == "ALU"


def main(*netlists: str) -> None:
    """A row for each netlist."""
    for name in netlists:
        slots = read_slots(Path(name))
        print(f"{name}: {slots.total} places: {slots}")


if __name__ == "__main__":
    main(*sys.argv[1:])
