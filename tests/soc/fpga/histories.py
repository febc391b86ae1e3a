"""Both ways to keep a history of rows, as modules of a geometry."""

from __future__ import annotations

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.history import History


def in_blocks(geometry: Geometry) -> History:
    """As most targets have it."""
    return History(geometry, in_blocks=True)


def in_luts(geometry: Geometry) -> History:
    """As a target has it whose FPGA has no block RAM left."""
    return History(geometry, in_blocks=False)
