"""Prints the unit `simd` as Verilog: `python -m rtl_ext > extension.v`."""

from compiler_intrinsics.simd.geometry import Geometry

from .simd.extension import Extension
from .verilog import extension_verilog

if __name__ == "__main__":
    print(extension_verilog(Extension(Geometry())))
