"""The extension as one Verilog module, for linting, area estimates and tests."""

from __future__ import annotations

from migen.fhdl.verilog import convert

from compiler_intrinsics.simd.geometry import DEFAULT, Geometry

from .simd.extension import Extension

MODULE = "dwpw_extension"


def extension_verilog(geometry: Geometry = DEFAULT) -> str:
    """Verilog text of module `dwpw_extension`: `CFU_BUS` with prefix bus_, sys_clk, sys_rst."""
    extension = Extension(geometry)
    return str(convert(extension, ios=set(extension.bus.flatten()), name=MODULE))
