"""Packers of the `reference` kernels: constants as TFLite stores them.

The kernels follow the loops of TFLite's reference kernels, so only SOFTMAX needs anything that is
not in the model: its table of exponentials.
"""

from __future__ import annotations

from dwpw.image.format import SoftmaxParam
from dwpw.kernels.packing import (
    KernelRule,
    LoweredOperator,
    PackedConstants,
    pack_plain,
    pack_values,
)
from dwpw.softmax import exponential_table


def pack_softmax(op: LoweredOperator) -> PackedConstants:
    """A table of int32 [256]: the exponentials of the differences to a row's maximum."""
    table = exponential_table(
        multiplier=op.param[SoftmaxParam.INPUT_MULTIPLIER],
        left_shift=op.param[SoftmaxParam.INPUT_LEFT_SHIFT],
        least=op.param[SoftmaxParam.DIFF_MIN],
    )
    return PackedConstants(table=table)


def pack_table(op: LoweredOperator) -> PackedConstants:
    """What the operator needs besides its parameters, int32."""
    return PackedConstants(table=op.table)


def _is(*kinds: str):
    """A predicate that takes every operator of these kinds."""
    return lambda op: op.kind in kinds


RULES = (
    KernelRule("reference/conv", _is("CONV_2D"), pack_plain),
    KernelRule("reference/depthwise_conv", _is("DEPTHWISE_CONV_2D"), pack_plain),
    KernelRule("reference/fully_connected", _is("FULLY_CONNECTED"), pack_plain),
    KernelRule("reference/average_pool", _is("AVERAGE_POOL_2D", "AVERAGE_POOL_UP"), pack_plain),
    KernelRule("reference/mean", _is("MEAN"), pack_plain),
    KernelRule("reference/add", _is("ADD"), pack_plain),
    KernelRule("reference/pad", _is("PAD"), pack_plain),
    KernelRule("reference/reshape", _is("RESHAPE"), pack_plain),
    KernelRule("reference/softmax", _is("SOFTMAX"), pack_softmax),
    KernelRule("reference/conv_wide", _is("CONV_WIDE"), pack_plain),
    KernelRule("reference/depthwise_wide", _is("DEPTHWISE_WIDE"), pack_plain),
    KernelRule("reference/table", _is("TABLE"), pack_values),
    KernelRule("reference/max_pool", _is("MAX_POOL_2D"), pack_plain),
    KernelRule("reference/mean_lines", _is("MEAN_LINES"), pack_plain),
    KernelRule("reference/subtract", _is("SUB"), pack_plain),
    KernelRule("reference/multiply", _is("MUL", "MUL_CHANNELS"), pack_plain),
    KernelRule("reference/extremum", _is("MINIMUM", "MAXIMUM"), pack_plain),
    KernelRule("reference/copy", _is("COPY"), pack_plain),
    KernelRule("reference/concatenation", _is("CONCATENATION"), pack_plain),
    KernelRule("reference/resize_nearest", _is("RESIZE_NEAREST_NEIGHBOR"), pack_table),
    KernelRule("reference/resize_bilinear", _is("RESIZE_BILINEAR"), pack_table),
)
