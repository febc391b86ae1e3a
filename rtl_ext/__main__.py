"""Prints the extension with the units `simd` and `stream` as Verilog.

python -m rtl_ext > extension.v
"""

from compiler_intrinsics.simd.geometry import Geometry as SimdGeometry
from compiler_intrinsics.stream.geometry import Geometry as StreamGeometry

from .simd.unit import SimdUnit
from .stream.unit import StreamUnit
from .top import Extension
from .verilog import extension_verilog

if __name__ == "__main__":
    print(extension_verilog(Extension([SimdUnit(SimdGeometry()), StreamUnit(StreamGeometry())])))
