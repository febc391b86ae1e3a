"""Sums of two tensors as dot products: the weights that stand for both scales.

TFLite scales both values of ADD and SUB to a common scale, rounds, adds, scales and rounds again.
Two weights of 24 bits and a bias come so near to it that hardly any sum of two int8 differs, and
whether any does is found out by trying all 65,536.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np

from dwpw.fixed_point import scale, wrapped
from dwpw.image.format import AddParam
from dwpw.image.limits import SUM_WEIGHT_BYTES
from dwpw.kernels.contributions import INT8, contributions
from dwpw.kernels.packing import LoweredOperator

BYTE = 1 << 8
LARGEST_SUM = 1 << 30
"""Of an accumulator, which has 32 bits."""

UNITS = 4
"""How many units are tried, each twice as coarse as the one before."""

LEAST_SHIFT = -31
"""Of the requantiser."""

MOVED_WEIGHTS = range(-3, 4)
MOVED_BIASES = (0, *(sign * 2**power for power in range(9) for sign in (1, -1)))
"""What is tried around the nearest weights and bias, for sums that lie near a tie."""


@dataclass(frozen=True)
class SumWeights:
    """An accumulator is first * value + second * value + bias, int32.

    It is requantised with multiplier and shift, which are the same for all channels.
    """

    first: int
    second: int
    bias: int
    multiplier: int
    shift: int

    def accumulators(self) -> np.ndarray:
        """int64 [256, 256], for all values of the first and the second tensor."""
        return INT8[:, np.newaxis] * self.first + INT8 * self.second + self.bias


def digits(weight: int) -> list[int]:
    """A weight as signed bytes, the highest first; only that one can lie beyond int8."""
    found = []
    for _ in range(SUM_WEIGHT_BYTES - 1):
        low = (weight + BYTE // 2) % BYTE - BYTE // 2
        found.append(low)
        weight = (weight - low) // BYTE
    return [weight, *reversed(found)]


def _outputs(op: LoweredOperator, sums: np.ndarray, multiplier: int, shift: int) -> np.ndarray:
    moved = scale(wrapped(sums), multiplier, shift) + op.output_offset
    return np.clip(moved, op.act_min, op.act_max)


def sum_weights(op: LoweredOperator) -> SumWeights | None:
    """Weights with which every sum of two int8 is TFLite's; None where none were found."""
    fields = (op.kind, op.input_offset, op.input2_offset, op.output_offset)
    return _sum_weights(*fields, op.act_min, op.act_max, op.param)


@lru_cache(maxsize=256)
def _sum_weights(
    kind: str,
    input_offset: int,
    input2_offset: int,
    output_offset: int,
    act_min: int,
    act_max: int,
    param: tuple[int, ...],
) -> SumWeights | None:
    op = LoweredOperator(
        index=0,
        kind=kind,
        input_shape=(1, 1, 1),
        output_shape=(1, 1, 1),
        input_offset=input_offset,
        input2_offset=input2_offset,
        output_offset=output_offset,
        act_min=act_min,
        act_max=act_max,
        param=param,
    )
    multiplier, shift = op.param[AddParam.OUTPUT_MULTIPLIER], op.param[AddParam.OUTPUT_SHIFT]
    first, second = contributions(op)
    wanted = _outputs(op, first[:, np.newaxis] + second, multiplier, shift)
    for nearest in _nearest(op, first, second):
        found = _search(op, nearest, wanted)
        if found is not None:
            return found
    return None


def _nearest(op: LoweredOperator, first: np.ndarray, second: np.ndarray) -> Iterator[SumWeights]:
    """The nearest weights, in the finest unit and in coarser ones; zero points count nothing."""
    multiplier, shift = op.param[AddParam.OUTPUT_MULTIPLIER], op.param[AddParam.OUTPUT_SHIFT]
    largest = int(max(np.abs(first).max() + np.abs(second).max(), 1))
    finest = (LARGEST_SUM // largest).bit_length() - 1
    for finer in range(finest, finest - UNITS, -1):
        slopes = ((int(one[-1]) - int(one[0])) / (len(one) - 1) for one in (first, second))
        weights = [round(slope * 2.0**finer) for slope in slopes]
        fit = all(abs(digits(weight + max(MOVED_WEIGHTS))[0]) < BYTE // 2 for weight in weights)
        if fit and shift - finer >= LEAST_SHIFT:
            bias = op.input_offset * weights[0] + op.input2_offset * weights[1]
            yield SumWeights(*weights, bias, multiplier, shift - finer)


def _search(op: LoweredOperator, nearest: SumWeights, wanted: np.ndarray) -> SumWeights | None:
    """Weights around the nearest ones that give all of `wanted`."""

    def outputs(sums: np.ndarray) -> np.ndarray:
        return _outputs(op, sums, nearest.multiplier, nearest.shift)

    sums = nearest.accumulators()
    if np.array_equal(outputs(sums), wanted):
        return nearest
    reach = 2 * max(MOVED_WEIGHTS) * BYTE + max(MOVED_BIASES)
    low, high = outputs(sums - reach), outputs(sums + reach)
    if not np.all((low <= wanted) & (wanted <= high)):
        return None
    # Only sums near a tie can change.
    rows, columns = np.nonzero(low != high)
    near, sums = wanted[rows, columns], sums[rows, columns]
    distances = INT8[rows] + op.input_offset, INT8[columns] + op.input2_offset
    for moved in product(MOVED_WEIGHTS, MOVED_WEIGHTS, MOVED_BIASES):
        tried = sums + moved[0] * distances[0] + moved[1] * distances[1] + moved[2]
        if np.array_equal(outputs(tried), near):
            return _moved(op, nearest, moved)
    return None


def _moved(op: LoweredOperator, nearest: SumWeights, moved: tuple[int, int, int]) -> SumWeights:
    bias = nearest.bias + op.input_offset * moved[0] + op.input2_offset * moved[1] + moved[2]
    first, second = nearest.first + moved[0], nearest.second + moved[1]
    return replace(nearest, first=first, second=second, bias=bias)
