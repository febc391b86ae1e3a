"""Operators as the compute engine sees them: windows and loops over taps.

Everything that tells one kind of operator from another ends here. What follows (tiles, bands,
places) knows only a window, planes of channels and entries of the weight memory
(`entries` makes those).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compiler_intrinsics.stream.geometry import GROUPS, MOST_LEFT, Geometry
from dwpw.image.format import MeanParam
from dwpw.image.limits import SUM_WEIGHT_BYTES
from dwpw.kernels.pack_simd_rows import conv_of_one_channel
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.simd_sums import sum_weights
from dwpw.kernels.simd_weights import as_narrow
from dwpw.rounding import ceil_div
from dwpw.stream.window import Window, window_of

MOST_AVERAGED = 2047
"""Values of an average whose multiplier divides exactly (`average_multiplier` of set `simd`)."""


@dataclass(frozen=True)
class UnitOperator:
    """One operator for the unit.

    lowered: what it was made from; a depthwise one of a single channel is a convolution.
    mnemonic: command of the compute engine.
    window: how it moves over the map.
    packed: rows of the input are kept as the bytes of NHWC, since a pixel is not whole words;
        else a word holds 8 channels of a pixel, and words of the same channels are a plane.
    by_plane: group g reads plane g only; else every group reads all planes.
    taps: steps along a row of taps, rows of taps, planes of taps.
    up: the digits of ADD's weights are planes of taps.
    shared: all groups have the same constants.
    output_offset: added to results, the zero point of most.
    """

    lowered: LoweredOperator = field(repr=False)
    mnemonic: str
    window: Window
    packed: bool
    by_plane: bool
    taps: tuple[int, int, int]
    up: bool
    shared: bool
    output_offset: int

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(h, w, c)."""
        return self.lowered.input_shape

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """(h, w, c)."""
        return self.lowered.output_shape

    @property
    def planes(self) -> int:
        """Planes of the input."""
        return 1 if self.packed else ceil_div(self.input_shape[2], GROUPS)

    @property
    def groups(self) -> int:
        """Groups of output channels."""
        return ceil_div(self.output_shape[2], GROUPS)

    @property
    def steps(self) -> int:
        """Steps of a result."""
        return self.taps[0] * self.taps[1] * self.taps[2]

    @property
    def inputs(self) -> int:
        """Tensors that it reads: 2 for sums."""
        return 2 if self.up else 1

    @property
    def wide(self) -> int:
        """Zero point of its weights."""
        return self.lowered.weight_zero_point

    @property
    def alike(self) -> tuple[object, ...]:
        """The same for operators that differ in their constants only."""
        shapes = self.input_shape, self.output_shape
        return (
            self.mnemonic,
            self.window,
            self.packed,
            self.taps,
            self.inputs,
            self.shared,
            *shapes,
        )

    def entries(self, geometry: Geometry, groups: int) -> int:
        """Of the weight memory, for the constants of so many groups."""
        each = geometry.parameter_entries + self.steps
        return each if self.shared else each * groups


def unit_operator(geometry: Geometry, op: LoweredOperator) -> UnitOperator | None:
    """The operator for the unit; None when the unit cannot do it, whatever its memory."""
    narrow = conv_of_one_channel(as_narrow(op))
    if narrow.kind not in _TAPS or not _is_movable(narrow):
        return None
    by_plane = narrow.kind not in ("CONV_2D", "FULLY_CONNECTED")
    if by_plane and not _CAN[narrow.kind](narrow):
        return None
    if most_left(narrow) > MOST_LEFT:
        return None
    taps = _TAPS[narrow.kind](geometry, narrow)
    return UnitOperator(
        lowered=narrow,
        mnemonic="depthwise" if by_plane else "dot",
        window=window_of(narrow),
        packed=is_packed(narrow),
        by_plane=by_plane,
        taps=taps,
        up=narrow.kind in ("ADD", "SUB"),
        shared=by_plane and narrow.weights is None,
        # The average of stored values is the stored average: no zero point is added to it.
        output_offset=0 if narrow.kind == "AVERAGE_POOL_2D" else narrow.output_offset,
    )


def is_packed(op: LoweredOperator) -> bool:
    """Whether the rows of its input are kept as bytes."""
    height, width, channels = op.input_shape
    return channels % GROUPS != 0 and height * width > 1


def _is_movable(op: LoweredOperator) -> bool:
    """Tensors come and go in words of 8 bytes that begin at multiples of 8."""
    (_, in_w, in_c), (out_h, out_w, out_c) = op.input_shape, op.output_shape
    source = not is_packed(op) or (in_w * in_c) % GROUPS == 0
    return source and (out_c % GROUPS == 0 or out_h * out_w == 1)


def most_left(op: LoweredOperator) -> int:
    """How far the requantiser has to shift to the left; 0 and less for most operators."""
    if op.weights is not None:
        return int(np.max(op.shift))
    if op.kind in ("ADD", "SUB"):
        return sum_weights(op).shift
    return op.param[MeanParam.SHIFT] if op.kind == "MEAN" else 0


def _convolution_taps(geometry: Geometry, op: LoweredOperator) -> tuple[int, int, int]:
    """Pixels of a row lie one behind the other, so a row of taps is a run of bytes."""
    columns, channels = window_of(op).span[1], op.input_shape[2]
    if is_packed(op):
        return ceil_div(columns * channels, geometry.taps), op.kernel[0], 1
    return columns * GROUPS // geometry.taps, op.kernel[0], ceil_div(channels, GROUPS)


def _depthwise_taps(geometry: Geometry, op: LoweredOperator) -> tuple[int, int, int]:
    """A step reads `banks` pixels of a row."""
    window = window_of(op)
    return ceil_div(window.span[1], geometry.banks), window.size[0], 1


def _sum_taps(geometry: Geometry, op: LoweredOperator) -> tuple[int, int, int]:
    """Rows of taps are the two tensors, planes of taps the digits of their weights."""
    return 1, 2, SUM_WEIGHT_BYTES


def _is_depthwise(op: LoweredOperator) -> bool:
    return op.depth_multiplier == 1 and op.input_shape[2] % GROUPS == 0


def _is_average(op: LoweredOperator) -> bool:
    """Windows that lie inside the map, and whose multiplier divides exactly."""
    window = window_of(op)
    count = window.size[0] * window.size[1]
    inside = not (window.top or window.left or window.bottom or window.right)
    exact = op.kind == "MEAN" or 1 < count <= MOST_AVERAGED
    return op.input_shape[2] % GROUPS == 0 and inside and exact


def _is_sum(op: LoweredOperator) -> bool:
    """Sums that weights give exactly, which is tried out."""
    return op.input_shape[2] % GROUPS == 0 and sum_weights(op) is not None


_TAPS = {
    "CONV_2D": _convolution_taps,
    "FULLY_CONNECTED": _convolution_taps,
    "DEPTHWISE_CONV_2D": _depthwise_taps,
    "AVERAGE_POOL_2D": _depthwise_taps,
    "MEAN": _depthwise_taps,
    "ADD": _sum_taps,
    "SUB": _sum_taps,
}

_CAN = {
    "DEPTHWISE_CONV_2D": _is_depthwise,
    "AVERAGE_POOL_2D": _is_average,
    "MEAN": _is_average,
    "ADD": _is_sum,
    "SUB": _is_sum,
}
