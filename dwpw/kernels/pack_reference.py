"""Packers of the `reference` kernels: constants as TFLite stores them.

The kernels follow the loops of TFLite's reference kernels, so only SOFTMAX needs anything that is
not in the model: its table of exponentials.
"""

from __future__ import annotations

import numpy as np

from dwpw.image.format import SoftmaxParam
from dwpw.kernels.packing import KernelRule, LoweredOperator, PackedConstants, pack_plain
from dwpw.quant import SOFTMAX_INTEGER_BITS

SOFTMAX_TABLE_LAST = 255
"""Largest difference of two int8 values; the table ends with the difference 0."""


def softmax_step(op: LoweredOperator) -> np.float32:
    """Input scale times beta, in single precision as TFLite multiplies them.

    The lowered operator holds the product as a 31-bit multiplier, seven bits more than a float32
    has: nothing is lost on the way back.
    """
    multiplier = op.param[SoftmaxParam.INPUT_MULTIPLIER]
    shift = op.param[SoftmaxParam.INPUT_LEFT_SHIFT]
    return np.float32(np.ldexp(float(multiplier), shift - 31 - (31 - SOFTMAX_INTEGER_BITS)))


def pack_softmax(op: LoweredOperator) -> PackedConstants:
    """A table of float32 [256] as its bits: exp(-step * (255 - i))."""
    differences = np.arange(SOFTMAX_TABLE_LAST, -1, -1, dtype=np.float32)
    exponents = -softmax_step(op) * differences
    # Rounded from double precision: what a good expf returns.
    table = np.exp(exponents.astype(np.float64)).astype(np.float32)
    return PackedConstants(table=table.view(np.uint32))


def _is(kind: str):
    """A predicate that takes every operator of `kind`."""
    return lambda op: op.kind == kind


RULES = (
    KernelRule("reference/conv", _is("CONV_2D"), pack_plain),
    KernelRule("reference/depthwise_conv", _is("DEPTHWISE_CONV_2D"), pack_plain),
    KernelRule("reference/fully_connected", _is("FULLY_CONNECTED"), pack_plain),
    KernelRule("reference/average_pool", _is("AVERAGE_POOL_2D"), pack_plain),
    KernelRule("reference/mean", _is("MEAN"), pack_plain),
    KernelRule("reference/add", _is("ADD"), pack_plain),
    KernelRule("reference/pad", _is("PAD"), pack_plain),
    KernelRule("reference/reshape", _is("RESHAPE"), pack_plain),
    KernelRule("reference/softmax", _is("SOFTMAX"), pack_softmax),
)
