"""Packers of the `scalar` kernels: the best RV32IM code, with its constants as it reads them.

The input's zero point moves into the bias (bias + offset * sum of weights), so that inner loops
multiply what they load; padding is then the zero point.  Dense weights stand in groups of four
output channels, [channels / 4][depth][4], rounded up with zeros, as `scalar/gemm.c` reads them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dwpw.image.format import CopyParam
from dwpw.image.limits import (
    D_CACHE_BYTES,
    DEPTHWISE_MAX_PIXELS,
    GEMM_CHANNELS,
    GEMM_ROWS,
    GEMM_UNROLL,
)
from dwpw.kernels.contributions import contributions
from dwpw.kernels.packing import (
    KernelRule,
    LoweredOperator,
    PackedConstants,
    has_3x3_window_per_channel,
    pack_plain,
    pack_values,
)
from dwpw.kernels.param_scalar import ScalarDepthwise3x3Param
from dwpw.rounding import round_up

TILE_BYTES = 3072
"""Rows of a matrix product that share the 4 KB D$ with the weights that pass by."""

PIECE_BYTES = 3072
"""Input of a depthwise piece in the 4 KB D$; the rest is for constants and stack."""

PIECE_CHANNELS = (8, 16, 32)
"""A D$ line holds 32 channels; with fewer, a piece has more lines."""

CYCLES_PER_COPIED_PIXEL, CYCLES_PER_COPIED_BYTE = 60, 2
"""A pixel of a piece is a miss of the D$ in the input, whatever its size."""

CYCLES_PER_CHANNEL, CYCLES_PER_LINE = 60, 60
"""Measured roughly, as those above; they only decide between sizes of pieces."""

ACCUMULATOR_LIMIT = (1 << 31) - (1 << 10)
"""Folding the zero point changes the order of additions, which must not overflow in any. When a
factor just below 1/2 has left the largest of them as they are, `scalar/requantise.h` adds twice the
zero point less the clamp's end, at most 511."""

INT8_MAGNITUDE = 128
WORD = 4
"""int8 in a word of the CPU."""


def _terms(op: LoweredOperator) -> np.ndarray:
    """Weights as int64 [out_c, terms of one output]."""
    weights = op.weights.astype(np.int64)
    if op.kind == "DEPTHWISE_CONV_2D":
        return weights.reshape(-1, weights.shape[-1]).T
    return weights.reshape(weights.shape[0], -1)


def folded_bias(op: LoweredOperator) -> np.ndarray:
    """Bias with the input's zero point folded in, int64 [out_c]."""
    return op.bias.astype(np.int64) + op.input_offset * _terms(op).sum(axis=1)


def accumulators_fit(op: LoweredOperator) -> bool:
    """Whether no sum on the way to an accumulator can overflow."""
    largest = np.abs(folded_bias(op)) + INT8_MAGNITUDE * np.abs(_terms(op)).sum(axis=1)
    return bool(largest.max() < ACCUMULATOR_LIMIT)


def _padded(array: np.ndarray) -> np.ndarray:
    """Zeros behind the last channel, up to a whole group."""
    return np.pad(array, (0, -len(array) % GEMM_CHANNELS))


def _pack_dense(op: LoweredOperator, scratch_bytes: int) -> PackedConstants:
    """Weights and per-channel constants of a matrix product."""
    terms = _terms(op).astype(np.int8)
    channels, depth = terms.shape
    terms = np.pad(terms, ((0, -channels % GEMM_CHANNELS), (0, -depth % GEMM_UNROLL)))
    groups = terms.reshape(-1, GEMM_CHANNELS, terms.shape[1]).transpose(0, 2, 1)
    return PackedConstants(
        weights=groups,
        bias=_padded(folded_bias(op).astype(np.int32)),
        multiplier=_padded(op.multiplier),
        shift=_padded(op.shift),
        scratch_bytes=scratch_bytes,
    )


def _tile_bytes(op: LoweredOperator) -> int:
    """Scratch for as many groups of rows as share the D$ with the weights, at least one."""
    group_bytes = GEMM_ROWS * round_up(_terms(op).shape[1], GEMM_UNROLL)
    rows = round_up(op.output_shape[0] * op.output_shape[1], GEMM_ROWS)
    groups = min(max(1, TILE_BYTES // group_bytes), rows // GEMM_ROWS)
    return groups * group_bytes + D_CACHE_BYTES


def is_conv_pointwise(op: LoweredOperator) -> bool:
    """1x1 with stride 1: the pixels themselves are the rows of a matrix product."""
    return (
        op.kind == "CONV_2D"
        and op.kernel == (1, 1)
        and op.stride == (1, 1)
        and op.pad == (0, 0)
        and accumulators_fit(op)
    )


def is_conv(op: LoweredOperator) -> bool:
    """Every CONV_2D."""
    return op.kind == "CONV_2D" and accumulators_fit(op)


def pack_conv(op: LoweredOperator) -> PackedConstants:
    """Both CONV_2D kernels: a matrix product with a tile of rows in scratch."""
    return _pack_dense(op, _tile_bytes(op))


def is_fully_connected(op: LoweredOperator) -> bool:
    """Every FULLY_CONNECTED."""
    return op.kind == "FULLY_CONNECTED" and accumulators_fit(op)


def pack_fully_connected(op: LoweredOperator) -> PackedConstants:
    """A matrix product of one row, which is copied to scratch when its length is rounded up."""
    depth = op.input_shape[2]
    return _pack_dense(op, round_up(depth, GEMM_UNROLL) if depth % GEMM_UNROLL else 0)


def is_depthwise_3x3(op: LoweredOperator) -> bool:
    """Neighbouring outputs share what they load."""
    return has_3x3_window_per_channel(op) and op.stride[1] in (1, 2) and accumulators_fit(op)


@dataclass(frozen=True)
class Piece:
    """Size of a piece of a depthwise convolution in the output."""

    channels: int
    lines: int
    columns: int

    def input_shape(self, op: LoweredOperator) -> tuple[int, int, int]:
        """(lines, columns, channels) of the input that it needs, padding included."""
        return (
            (self.lines - 1) * op.stride[0] + 3,
            (self.columns - 1) * op.stride[1] + 3,
            self.channels,
        )

    def cost(self, op: LoweredOperator) -> float:
        """Cycles per output beyond the arithmetic: the copy, and the start of every channel."""
        pixels = math.prod(self.input_shape(op)[:2])
        copied = pixels * (CYCLES_PER_COPIED_PIXEL + CYCLES_PER_COPIED_BYTE * self.channels)
        started = (CYCLES_PER_CHANNEL + CYCLES_PER_LINE * self.lines) * self.channels
        return (copied + started) / (self.channels * self.lines * self.columns)


def depthwise_piece(op: LoweredOperator) -> Piece:
    """The cheapest piece whose input fits in PIECE_BYTES, or the smallest one."""
    height, width, channels = op.output_shape
    candidates = (
        Piece(min(size, channels), lines, columns)
        for size in PIECE_CHANNELS
        for columns in {min(width, DEPTHWISE_MAX_PIXELS), min(width, 32), min(width, 8)}
        for lines in range(1, height + 1)
    )
    fitting = [c for c in candidates if math.prod(c.input_shape(op)) <= PIECE_BYTES]
    return min(fitting, key=lambda piece: piece.cost(op))


def pack_depthwise_3x3(op: LoweredOperator) -> PackedConstants:
    """Weights [out_c, 3, 3], and the size of a piece."""
    piece = depthwise_piece(op)
    return PackedConstants(
        weights=op.weights.transpose(2, 0, 1),
        bias=_padded(folded_bias(op).astype(np.int32)),
        multiplier=_padded(op.multiplier),
        shift=_padded(op.shift),
        scratch_bytes=math.prod(piece.input_shape(op)) + D_CACHE_BYTES,
        param={
            ScalarDepthwise3x3Param.CHANNELS: piece.channels,
            ScalarDepthwise3x3Param.LINES: piece.lines,
            ScalarDepthwise3x3Param.COLUMNS: piece.columns,
        },
    )


def is_depthwise(op: LoweredOperator) -> bool:
    """Every DEPTHWISE_CONV_2D."""
    return op.kind == "DEPTHWISE_CONV_2D" and accumulators_fit(op)


def pack_depthwise(op: LoweredOperator) -> PackedConstants:
    """Weights as they are, and one int32 accumulator per channel."""
    return PackedConstants(
        weights=op.weights,
        bias=folded_bias(op).astype(np.int32),
        multiplier=op.multiplier,
        shift=op.shift,
        scratch_bytes=op.output_shape[2] * np.dtype(np.int32).itemsize,
    )


def pack_add(op: LoweredOperator) -> PackedConstants:
    """int32 [2, 256]: what each value of each input contributes to the sum."""
    return PackedConstants(table=np.stack(contributions(op)).astype(np.int32))


def _is(kind: str):
    """A predicate that takes every operator of `kind`."""
    return lambda op: op.kind == kind


def is_max_pool_of_words(op: LoweredOperator) -> bool:
    """Whole words of channels."""
    return op.kind == "MAX_POOL_2D" and op.input_shape[2] % WORD == 0


def is_pad_of_pixels(op: LoweredOperator) -> bool:
    """PAD that leaves the channels alone."""
    return op.kind == "PAD" and op.input_shape[2] == op.output_shape[2]


def is_copy_of_runs(op: LoweredOperator) -> bool:
    """Elements of channels lie one behind the other."""
    return op.kind == "COPY" and op.param[CopyParam.STEP_C] == 1


def is_one_table(op: LoweredOperator) -> bool:
    """Value by value, the same for all channels."""
    return op.kind == "TABLE" and len(op.values) == 1


RULES = (
    KernelRule("scalar/conv_pointwise", is_conv_pointwise, pack_conv),
    KernelRule("scalar/conv", is_conv, pack_conv),
    KernelRule("scalar/depthwise_3x3", is_depthwise_3x3, pack_depthwise_3x3),
    KernelRule("scalar/depthwise_conv", is_depthwise, pack_depthwise),
    KernelRule("scalar/fully_connected", is_fully_connected, pack_fully_connected),
    KernelRule("scalar/average_pool", _is("AVERAGE_POOL_2D"), pack_plain),
    KernelRule("scalar/max_pool", is_max_pool_of_words, pack_plain),
    KernelRule("scalar/mean", _is("MEAN"), pack_plain),
    KernelRule("scalar/add", _is("ADD"), pack_add),
    KernelRule("scalar/pad", is_pad_of_pixels, pack_plain),
    KernelRule("scalar/copy", is_copy_of_runs, pack_plain),
    KernelRule("scalar/table", is_one_table, pack_values),
)
