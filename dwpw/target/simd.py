"""The register-level unit `simd`."""

from __future__ import annotations

from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.simd.spec import INSTRUCTION_SET
from dwpw.kernels import pack_simd, work_simd
from dwpw.paths import FIRMWARE
from dwpw.target.kernel_set import KernelSet
from dwpw.target.unit import Unit


def _kernels(geometry: Geometry) -> KernelSet:
    return KernelSet("simd", FIRMWARE / "kernels" / "simd", pack_simd.rules(geometry))


SIMD = Unit(
    geometry=Geometry(),
    instruction_set=INSTRUCTION_SET,
    instructions_from="compiler_intrinsics.simd.spec:INSTRUCTION_SET",
    hardware_from="rtl_ext.simd.unit:SimdUnit",
    kernels=_kernels,
    resources=work_simd.RESOURCES,
)
