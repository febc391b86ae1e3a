"""Kernels of set `simd` that work value by value: which operators they take, and their constants.

The words of a tensor pass against diagonal store entries, so that each accumulator gets a value of
its own, and what they become is requantised or looked up.
"""

from __future__ import annotations

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, TAPS, Geometry
from dwpw.image.limits import SUM_WEIGHT_BYTES
from dwpw.kernels.packing import LoweredOperator, PackedConstants, pack_values
from dwpw.kernels.simd_constants import scales
from dwpw.kernels.simd_sums import digits, sum_weights


def is_table(op: LoweredOperator) -> bool:
    """Value by value, the same for all channels."""
    return op.kind == "TABLE" and len(op.values) == 1


pack_table = pack_values


def is_table_twice(first: LoweredOperator, second: LoweredOperator) -> bool:
    """Both value by value, with nothing else between them."""
    return is_table(first) and is_table(second)


def pack_table_twice(
    first: LoweredOperator, second: LoweredOperator
) -> tuple[PackedConstants, PackedConstants]:
    """The first operator's own table, and one of both; a byte is the place in it."""
    both = second.values[:, first.values[0].view(np.uint8)]
    return pack_values(first), PackedConstants(table=both)


def is_multiply_channels(op: LoweredOperator) -> bool:
    """Whole words of channels."""
    return op.kind == "MUL_CHANNELS" and op.input_shape[2] % GROUPS == 0


def pack_multiply_channels(op: LoweredOperator) -> PackedConstants:
    """None: the weights are the second input."""
    return PackedConstants()


def lacks_for_sum(geometry: Geometry) -> str:
    """What the sizes lack for the kernel."""
    entries = 2 * SUM_WEIGHT_BYTES
    if geometry.store_entries < entries:
        return f"store_entries of at least {entries}, not {geometry.store_entries}"
    return ""


def is_sum(op: LoweredOperator) -> bool:
    """ADD and SUB of two tensors of one shape, where weights give every sum exactly."""
    return op.kind in ("ADD", "SUB") and sum_weights(op) is not None


def pack_sum(op: LoweredOperator) -> PackedConstants:
    """An entry for each byte of both weights, the highest first; the scale of all channels."""
    found = sum_weights(op)
    pairs = zip(digits(found.first), digits(found.second), strict=True)
    diagonal = np.eye(GROUPS, TAPS, dtype=np.int8)
    bias, multiplier, shift = (
        np.full(GROUPS, value, np.int32) for value in (found.bias, found.multiplier, found.shift)
    )
    return PackedConstants(
        weights=np.stack([diagonal * np.int8(byte) for pair in pairs for byte in pair]),
        table=scales(bias, multiplier, shift),
    )
