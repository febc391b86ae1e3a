"""Operators as the compute engine sees them: loops over taps, and constants of groups of channels.

Everything that tells one kind of operator from another ends here. What follows (tiles, bands,
places) knows only a window, planes of channels and entries of the weight memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from compiler_intrinsics.stream.geometry import GROUPS, Geometry
from dwpw.kernels.pack_simd import conv_of_one_channel
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.simd_weights import as_narrow
from dwpw.rounding import ceil_div
from dwpw.stream.entries import (
    Scales,
    average_scales,
    depthwise_entries,
    dot_entries,
    row_entries,
    sum_entries,
    sum_scales,
    weighted_scales,
    with_parameters,
)
from dwpw.stream.window import Window, window_of

MOST_AVERAGED = 2047
"""Values of an average whose multiplier divides exactly (`average_multiplier` of set `simd`)."""


@dataclass(frozen=True)
class UnitOperator:
    """One operator for the unit.

    lowered: what it was made from.
    mnemonic: command of the compute engine.
    window: how it moves over the map.
    packed: rows of the input are kept as the bytes of NHWC, since a pixel is not whole words;
        else a word holds 8 channels of a pixel, and words of the same channels are a plane.
    by_plane: group g reads plane g only; else every group reads all planes.
    taps: steps along a row of taps, rows of taps, planes of taps.
    up: the digits of ADD's weights are planes of taps.
    constants: uint8 [groups, bytes]: parameters and weights of each group; [1, bytes] where all
        groups have the same.
    """

    lowered: LoweredOperator = field(repr=False)
    mnemonic: str
    window: Window
    packed: bool
    by_plane: bool
    taps: tuple[int, int, int]
    up: bool
    output_offset: int
    constants: np.ndarray = field(repr=False)

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
    def shared(self) -> bool:
        """All groups have the same constants."""
        return len(self.constants) == 1 < self.groups

    @property
    def inputs(self) -> int:
        """Tensors that it reads: 2 for sums."""
        return 2 if self.up else 1

    @property
    def wide(self) -> int:
        """Zero point of its weights."""
        return self.lowered.weight_zero_point

    def entries(self, geometry: Geometry, groups: int) -> int:
        """Of the weight memory, for the constants of so many groups."""
        each = self.constants.shape[1] // geometry.entry_bytes
        return each if self.shared else each * groups


def unit_operator(geometry: Geometry, op: LoweredOperator) -> UnitOperator | None:
    """The operator for the unit; None when the unit cannot do it, whatever its memory."""
    narrow = conv_of_one_channel(as_narrow(op))
    make = _MAKERS.get(narrow.kind)
    if make is None or not _is_movable(narrow):
        return None
    made = make(geometry, narrow)
    return None if made is None else replace(made, lowered=replace(op, kind=narrow.kind))


def _is_movable(op: LoweredOperator) -> bool:
    """Tensors come and go in words of 8 bytes that begin at multiples of 8."""
    (in_h, in_w, in_c), (out_h, out_w, out_c) = op.input_shape, op.output_shape
    one_pixel_in, one_pixel_out = in_h * in_w == 1, out_h * out_w == 1
    source = in_c % GROUPS == 0 or one_pixel_in or (in_w * in_c) % GROUPS == 0
    return source and (out_c % GROUPS == 0 or one_pixel_out)


def _make(
    geometry: Geometry,
    op: LoweredOperator,
    mnemonic: str,
    taps: tuple[int, int, int],
    entries: np.ndarray,
    scales: Scales,
    packed: bool = False,
    up: bool = False,
    output_offset: int | None = None,
) -> UnitOperator:
    return UnitOperator(
        lowered=op,
        mnemonic=mnemonic,
        window=window_of(op),
        packed=packed,
        by_plane=mnemonic == "depthwise",
        taps=taps,
        up=up,
        output_offset=op.output_offset if output_offset is None else output_offset,
        constants=with_parameters(geometry, scales, entries),
    )


def _convolution(geometry: Geometry, op: LoweredOperator) -> UnitOperator | None:
    window = window_of(op)
    in_h, in_w, in_c = op.input_shape
    packed = in_c % GROUPS != 0 and in_h * in_w > 1
    weights = op.weights.reshape(op.output_shape[2], *window.size, in_c)
    scales = weighted_scales(op, weights)
    if packed:
        entries, along = row_entries(geometry, op, weights)
        planes = 1
    else:
        entries, along = dot_entries(geometry, op, weights)
        planes = ceil_div(in_c, GROUPS)
    return _make(geometry, op, "dot", (along, window.size[0], planes), entries, scales, packed)


def _depthwise(geometry: Geometry, op: LoweredOperator) -> UnitOperator | None:
    if op.depth_multiplier != 1 or op.input_shape[2] % GROUPS:
        return None
    entries, along = depthwise_entries(geometry, op, op.weights)
    scales = weighted_scales(op, op.weights.transpose(2, 0, 1))
    return _make(geometry, op, "depthwise", (along, op.kernel[0], 1), entries, scales)


def _average(geometry: Geometry, op: LoweredOperator) -> UnitOperator | None:
    """Sums with weights of 1; the window must lie inside the map."""
    window = window_of(op)
    count = window.size[0] * window.size[1]
    inside = not (window.top or window.left or window.bottom or window.right)
    if op.input_shape[2] % GROUPS or not inside:
        return None
    if op.kind == "AVERAGE_POOL_2D" and not 1 < count <= MOST_AVERAGED:
        return None
    ones = np.ones((*window.size, GROUPS), np.int8)
    entries, along = depthwise_entries(geometry, op, ones)
    # The average of stored values is the stored average: no zero point is added to it.
    offset = op.output_offset if op.kind == "MEAN" else 0
    return _make(
        geometry, op, "depthwise", (along, window.size[0], 1), entries,
        average_scales(op, count), output_offset=offset,
    )  # fmt: skip


def _sum(geometry: Geometry, op: LoweredOperator) -> UnitOperator | None:
    """Rows of taps are the two tensors, planes of taps the digits of their weights."""
    if op.input_shape[2] % GROUPS:
        return None
    found = sum_entries(geometry, op)
    if found is None:
        return None
    digits = len(found[0]) // 2
    return _make(
        geometry, op, "depthwise", (1, 2, digits), found[0][None], sum_scales(found[1]), up=True
    )


_MAKERS = {
    "CONV_2D": _convolution,
    "FULLY_CONNECTED": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "AVERAGE_POOL_2D": _average,
    "MEAN": _average,
    "ADD": _sum,
    "SUB": _sum,
}
