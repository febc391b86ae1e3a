"""Packers of the `reference` kernels: constants as TFLite stores them.

The kernels follow the loops of TFLite's reference kernels, so only SOFTMAX needs anything that is
not in the model: its table of exponentials.
"""

from __future__ import annotations

from dwpw.image.format import SoftmaxParam
from dwpw.kernels.packing import KernelRule, LoweredOperator, PackedConstants, pack_plain
from dwpw.softmax import exponential_table


def pack_softmax(op: LoweredOperator) -> PackedConstants:
    """A table of int32 [256]: the exponentials of the differences to a row's maximum."""
    table = exponential_table(
        multiplier=op.param[SoftmaxParam.INPUT_MULTIPLIER],
        left_shift=op.param[SoftmaxParam.INPUT_LEFT_SHIFT],
        least=op.param[SoftmaxParam.DIFF_MIN],
    )
    return PackedConstants(table=table)


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
