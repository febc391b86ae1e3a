"""What the words of `Operator.param` mean to kernels of set `scalar`."""

from __future__ import annotations

from enum import IntEnum


class ScalarDepthwise3x3Param(IntEnum):
    """Of scalar/depthwise_3x3: the size of a piece in the output."""

    CHANNELS = 0  # a multiple of four, unless all of them
    LINES = 1
    COLUMNS = 2


PARAMS = (ScalarDepthwise3x3Param,)
