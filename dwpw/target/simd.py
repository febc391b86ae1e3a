"""The register-level unit `simd`."""

from __future__ import annotations

from dataclasses import replace

from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.simd.spec import INSTRUCTION_SET
from dwpw.kernels import pack_simd, param_simd, work_simd
from dwpw.paths import FIRMWARE
from dwpw.target.kernel_set import KernelSet
from dwpw.target.unit import Unit


def kernels(geometry: Geometry) -> tuple[KernelSet]:
    """The one set that the unit brings."""
    sources = FIRMWARE / "kernels" / "simd"
    return (KernelSet("simd", sources, pack_simd.rules(geometry), param_simd.PARAMS),)


SIMD = Unit(
    geometry=Geometry(),
    instruction_set=INSTRUCTION_SET,
    instructions_from="compiler_intrinsics.simd.spec:INSTRUCTION_SET",
    hardware_from="rtl_ext.simd.unit:SimdUnit",
    kernels=kernels,
    c_meaning=FIRMWARE / "host" / "simd.c",
    resources=work_simd.RESOURCES,
    counters=work_simd.RESOURCES,
    borrows=True,
)

SIMD_OF_FEW_BLOCKS = replace(SIMD, hardware_from="rtl_ext.simd.unit:simd_of_few_blocks")
"""The same with two block RAMs fewer, for where others need them."""
