"""Constants as the weight memory holds them: parameters of a group of 8 channels, then its weights.

An entry has `taps` weights for each of 8 output channels, int8 [8, taps], and is used by one step.
Weights that fill up an entry are 0, so what a step reads there does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler_intrinsics.stream.geometry import GROUPS, MOST_LEFT, PARAMETER_BLOCK, Geometry
from dwpw.image.format import MeanParam
from dwpw.kernels.pack_simd import average_multiplier
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.simd_sums import SumWeights, digits, sum_weights
from dwpw.rounding import round_up
from dwpw.stream.operators import UnitOperator


@dataclass(frozen=True)
class Scales:
    """Of every output channel, filled up to whole groups; int32 [channels] each."""

    bias: np.ndarray
    multiplier: np.ndarray
    shift: np.ndarray


def constants(geometry: Geometry, operator: UnitOperator) -> np.ndarray:
    """uint8 [groups, bytes]: parameters and weights of each group; [1, bytes] where all share."""
    op = operator.lowered
    if operator.up:
        found = sum_weights(op)
        return _with_parameters(geometry, _sum_scales(found), _sum_entries(geometry, found))
    if op.weights is None:
        ones = np.ones((*operator.window.size, GROUPS), np.int8)
        scales = _average_scales(op, operator.window.size[0] * operator.window.size[1])
        return _with_parameters(geometry, scales, _depthwise_entries(geometry, op, ones))
    if operator.by_plane:
        scales = _weighted_scales(op, op.weights.transpose(2, 0, 1))
        return _with_parameters(geometry, scales, _depthwise_entries(geometry, op, op.weights))
    weights = op.weights.reshape(op.output_shape[2], *op.kernel, op.input_shape[2])
    make = _row_entries if operator.packed else _dot_entries
    return _with_parameters(geometry, _weighted_scales(op, weights), make(geometry, op, weights))


def _weighted_scales(op: LoweredOperator, weights: np.ndarray) -> Scales:
    """Of an operator with weights [out_c, ...]; the bias gets the input's zero point into it."""
    sums = weights.reshape(len(weights), -1).sum(axis=1, dtype=np.int64)
    bias = op.bias.astype(np.int64) + op.input_offset * sums
    return _padded(bias, op.multiplier, op.shift)


def _average_scales(op: LoweredOperator, count: int) -> Scales:
    """Of an average of `count` values, the same for all channels."""
    if op.kind == "MEAN":
        multiplier, shift = op.param[MeanParam.MULTIPLIER], op.param[MeanParam.SHIFT]
        return _alike(op.input_offset * count, multiplier, shift)
    return _alike(0, average_multiplier(count), 0)


def _sum_scales(found: SumWeights) -> Scales:
    """Of ADD and SUB."""
    return _alike(found.bias, found.multiplier, found.shift)


def _alike(bias: int, multiplier: int, shift: int) -> Scales:
    return _padded(*(np.full(GROUPS, value, np.int64) for value in (bias, multiplier, shift)))


def _padded(*columns: np.ndarray) -> Scales:
    missing = -len(columns[0]) % GROUPS
    wrapped = (
        (np.pad(column, (0, missing)).astype(np.int64) & 0xFFFFFFFF).astype(np.uint32)
        for column in columns
    )
    return Scales(*(column.view(np.int32) for column in wrapped))


def _with_parameters(geometry: Geometry, scales: Scales, entries: np.ndarray) -> np.ndarray:
    """uint8 [groups, bytes] of int8 [groups, steps, 8, taps]."""
    assert scales.shift.max() <= MOST_LEFT  # `unit_operator` has seen to it
    groups = len(entries)
    parameters = np.zeros((groups, geometry.parameter_entries * geometry.entry_bytes), np.uint8)
    packed = np.concatenate(
        [
            scales.bias.astype("<i4").reshape(groups, GROUPS).view(np.uint8),
            scales.multiplier.astype("<i4").reshape(groups, GROUPS).view(np.uint8),
            scales.shift.astype(np.int8).reshape(groups, GROUPS).view(np.uint8),
        ],
        axis=1,
    )
    assert packed.shape[1] == PARAMETER_BLOCK
    parameters[:, :PARAMETER_BLOCK] = packed
    weights = np.ascontiguousarray(entries).view(np.uint8).reshape(groups, -1)
    return np.concatenate([parameters, weights], axis=1)


def _spread(weights: np.ndarray, axis: int, dilation: int) -> np.ndarray:
    """Weights with the gaps of a dilation filled with zeros."""
    if dilation == 1:
        return weights
    shape = list(weights.shape)
    shape[axis] = (shape[axis] - 1) * dilation + 1
    spread_out = np.zeros(shape, weights.dtype)
    places = [slice(None)] * weights.ndim
    places[axis] = slice(None, None, dilation)
    spread_out[tuple(places)] = weights
    return spread_out


def _stored(op: LoweredOperator, entries: np.ndarray) -> np.ndarray:
    """Wide weights, and the zeros among them, as the int8 that the unit makes them from."""
    return (entries.astype(np.int16) + op.weight_zero_point).astype(np.int8)


def _dot_entries(geometry: Geometry, op: LoweredOperator, weights: np.ndarray) -> np.ndarray:
    """Entries of weights [out_c, kh, kw, in_c].

    Steps run along the pixels of a row, which lie one behind the other in a plane, then over the
    rows, then over the planes.
    """
    weights = _spread(weights, 2, op.dilation[1])
    out_c, height, width, in_c = weights.shape
    padded = np.pad(weights, ((0, -out_c % GROUPS), (0, 0), (0, 0), (0, -in_c % GROUPS)))
    planes = padded.shape[3] // GROUPS
    split = padded.reshape(-1, GROUPS, height, width, planes, GROUPS)
    ordered = split.transpose(0, 4, 2, 3, 5, 1)  # [group, plane, row, column, byte, out]
    taps = geometry.taps
    stepped = ordered.reshape(len(split), planes * height * width * GROUPS // taps, taps, GROUPS)
    return _stored(op, stepped.transpose(0, 1, 3, 2))


def _row_entries(geometry: Geometry, op: LoweredOperator, weights: np.ndarray) -> np.ndarray:
    """As `_dot_entries`, over rows of bytes: a row of taps is a run of kw * in_c bytes."""
    weights = _spread(weights, 2, op.dilation[1])
    out_c, height, width, in_c = weights.shape
    rows = weights.reshape(out_c, height, width * in_c)
    length = round_up(width * in_c, geometry.taps)
    padded = np.pad(rows, ((0, -out_c % GROUPS), (0, 0), (0, length - width * in_c)))
    along = length // geometry.taps
    split = padded.reshape(-1, GROUPS, height * along, geometry.taps)
    return _stored(op, split.transpose(0, 2, 1, 3))


def _depthwise_entries(geometry: Geometry, op: LoweredOperator, weights: np.ndarray) -> np.ndarray:
    """Entries of weights [kh, kw, c]: a step reads `banks` pixels of a row."""
    weights = _spread(weights, 1, op.dilation[1])
    height, width, channels = weights.shape
    banks = geometry.banks
    length = round_up(width, banks)
    padded = np.pad(weights, ((0, 0), (0, length - width), (0, 0)))
    split = padded.reshape(height * length // banks, banks, channels // GROUPS, GROUPS)
    entries = np.zeros((channels // GROUPS, len(split), GROUPS, geometry.taps), weights.dtype)
    entries[..., :banks] = split.transpose(2, 0, 3, 1)
    return _stored(op, entries)


def _sum_entries(geometry: Geometry, found: SumWeights) -> np.ndarray:
    """int8 [1, 2 * digits, 8, taps]: of both tensors the highest digit of the weight, and so on."""
    pairs = zip(digits(found.first), digits(found.second), strict=True)
    ordered = np.array([byte for pair in pairs for byte in pair], np.int8)
    entries = np.zeros((1, len(ordered), GROUPS, geometry.taps), np.int8)
    entries[0, :, :, 0] = ordered[:, None]
    return entries
