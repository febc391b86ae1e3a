"""The streaming unit `stream`, which reads programs and tensors from memory by itself."""

from __future__ import annotations

from compiler_intrinsics.stream.geometry import Geometry
from compiler_intrinsics.stream.spec import INSTRUCTION_SET
from dwpw.kernels import param_stream
from dwpw.paths import FIRMWARE
from dwpw.stream.replay import COUNTERS, ENGINES, RESOURCES
from dwpw.stream.rules import rules
from dwpw.target.kernel_set import KernelSet
from dwpw.target.unit import Unit


def kernels(geometry: Geometry) -> tuple[KernelSet]:
    """The one set that the unit brings."""
    sources = FIRMWARE / "kernels" / "stream"
    return (KernelSet("stream", sources, rules(geometry), param_stream.PARAMS),)


STREAM = Unit(
    geometry=Geometry(),
    instruction_set=INSTRUCTION_SET,
    instructions_from="compiler_intrinsics.stream.spec:INSTRUCTION_SET",
    hardware_from="rtl_ext.stream.unit:StreamUnit",
    kernels=kernels,
    c_meaning=FIRMWARE / "host" / "stream",
    resources=RESOURCES,
    counters=COUNTERS,
    engines=ENGINES,
    lends=True,
)

SMALL_STREAM = STREAM.resized(
    {"taps": 2, "requantisers": 2, "activation_words": 2048, "weight_entries": 512}
)
"""For small FPGAs: with `simd` and the SoC around it, what a Colorlight i5 holds (LFE5U-25F: 24 k
LUTs, 56 block RAMs, 28 multipliers)."""
