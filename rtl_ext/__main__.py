"""Prints the extension with the unit `simd` as Verilog: `python -m rtl_ext > extension.v`."""

from compiler_intrinsics.simd.geometry import Geometry

from .simd.unit import SimdUnit
from .top import Extension
from .verilog import extension_verilog

if __name__ == "__main__":
    print(extension_verilog(Extension([SimdUnit(Geometry())])))
