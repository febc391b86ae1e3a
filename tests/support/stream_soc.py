"""The streaming unit with small memories, as a SoC is built with it."""

from __future__ import annotations

from compiler_intrinsics.stream.geometry import Geometry
from soc.config import HardwareUnit

SIZES = {"taps": 4, "requantisers": 4, "activation_words": 1024, "weight_entries": 512}
GEOMETRY = Geometry(**SIZES)
STREAM = HardwareUnit(
    name="stream",
    hardware="rtl_ext.stream.unit:StreamUnit",
    instruction_set="compiler_intrinsics.stream.spec:INSTRUCTION_SET",
    sizes=tuple(SIZES.items()),
    engines=("array", "memory"),
)
