"""The chips of the ECP5 family, and the smallest one that holds a design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CELLS = {
    "lut": {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4},
    "ff": {"TRELLIS_FF": 1},
    "bram": {"DP16KD": 1},
    "dsp": {"MULT18X18D": 1},
}
"""What Yosys' cells take of `soc.fpga.report.RESOURCES`."""

FULL = 0.9
"""Share of the LUTs and registers beyond which placing takes long or fails."""


@dataclass(frozen=True)
class Device:
    """A chip.

    name: with speed grade; flag: what nextpnr calls it.
    """

    name: str
    flag: str
    lut: int
    ff: int
    bram: int
    dsp: int

    def holds(self, needed: Mapping[str, int]) -> bool:
        """Whether a design is likely to fit."""
        limits = {
            "lut": FULL * self.lut,
            "ff": FULL * self.ff,
            "bram": self.bram,
            "dsp": self.dsp,
        }
        return all(needed[name] <= limit for name, limit in limits.items())


DEVICES = (
    Device(name="LFE5U-25F-6", flag="--25k", lut=24288, ff=24288, bram=56, dsp=28),
    Device(name="LFE5U-45F-6", flag="--45k", lut=43848, ff=43848, bram=108, dsp=72),
    Device(name="LFE5U-85F-6", flag="--85k", lut=83640, ff=83640, bram=208, dsp=156),
)
"""Smallest first, all of the slowest speed grade: they differ in size, not in speed."""


def needed_by(module: Mapping[str, Any]) -> dict[str, int]:
    """Resources that a module needs, of a netlist that Yosys wrote as JSON for ECP5."""
    cells = Counter(cell["type"] for cell in module["cells"].values())
    return {
        name: sum(cells[cell] * count for cell, count in counts.items())
        for name, counts in CELLS.items()
    }


def smallest_device(needed: Mapping[str, int]) -> Device:
    """The first that holds so much; if none does the last, whose tools will say what is missing."""
    return next((device for device in DEVICES if device.holds(needed)), DEVICES[-1])
