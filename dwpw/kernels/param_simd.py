"""What the words of `Operator.param` mean to kernels of set `simd`."""

from __future__ import annotations

from enum import IntEnum


class SimdConvPointwiseParam(IntEnum):
    """Of simd/conv_pointwise."""

    TILE_CHANNELS = 0  # output channels of a full tile


class SimdDepthwise3x3Param(IntEnum):
    """Of simd/depthwise_3x3."""

    BLOCK_GROUPS = 0  # groups of four channels that lie in the unit at the same time
    AT_ONCE = 1  # of them that pass together: as many as there are loops for
    STRIP = 2  # outputs of a row that are walked at once


class SimdConvRowsParam(IntEnum):
    """Of simd/conv_rows."""

    TILE_CHANNELS = 0  # output channels of a full tile
    ROW_WORDS = 1  # words per row of a window
    PHASES = 2  # copies of the weights, one for each start address modulo 4


class SimdConvPatchesParam(IntEnum):
    """Of simd/conv_patches."""

    TILE_CHANNELS = 0  # output channels of a full tile


class SimdConvWideParam(IntEnum):
    """Of simd/conv_wide: words of channels of a pixel, and bytes between columns of their copy."""

    MAIN_WORDS = 0  # of the main part
    PIECE_WORDS = 1  # of each piece
    PIECES = 2
    MAIN_PITCH = 3
    PIECE_PITCH = 4


class SimdDepthwiseWindowParam(IntEnum):
    """Of simd/depthwise_window."""

    BLOCK_GROUPS = 0  # groups of four channels that lie in the unit and in a tile
    WALK_DOWN = 1  # 1: the walk goes along columns; 0: along rows
    SEGMENTS = 2  # of each line of the window
    WITH_HISTORY = 3  # those of up to three taps; they come first
    STRIP = 4  # outputs of a tile along the walk
    BAND = 5  # and across
    PITCH = 6  # bytes between columns of a tile; 0: no tile, the walk goes over the input
    AT_ONCE = 7  # groups that pass together


class SimdPaddedKernel(IntEnum):
    """Kernels that simd/padded hands a convolution to."""

    DEPTHWISE_3X3 = 0
    CONV_PATCHES = 1
    CONV_ROWS = 2
    DEPTHWISE_WINDOW = 3
    CONV_WIDE = 4


class SimdPaddedParam(IntEnum):
    """Of simd/padded: a word of its PAD, behind those of `PadParam`."""

    KERNEL = 2  # a SimdPaddedKernel


PARAMS = (
    SimdConvPointwiseParam,
    SimdDepthwise3x3Param,
    SimdConvRowsParam,
    SimdConvPatchesParam,
    SimdConvWideParam,
    SimdDepthwiseWindowParam,
    SimdPaddedKernel,
    SimdPaddedParam,
)
