"""FULLY_CONNECTED as a device computes it.

LiteRT's reference kernel scales the accumulator in double precision and rounds once.  TFLite Micro
and LiteRT's own optimised kernel scale it by an integer multiplier and round twice, which is off by
one now and then: 2666 * 1236947456 / 2^41 is 1.4998, which becomes 3071 / 2^11 and then 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dwpw.fixed_point import scale, wrapped
from dwpw.golden.ours import Ours
from dwpw.model import Graph, Operator
from dwpw.quant import activation_range, fully_connected_multipliers


@dataclass(frozen=True, kw_only=True)
class FullyConnected(Ours):
    """A dense layer in integers.

    weights: int8 [out, in]; bias, multiplier, shift: int32 [out], a positive shift is left.
    input_offset: minus the input's zero point; output_offset: the output's zero point.
    least, most: clamp of the output, both included.
    """

    weights: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)
    multiplier: np.ndarray = field(repr=False)
    shift: np.ndarray = field(repr=False)
    input_offset: int
    output_offset: int
    least: int
    most: int

    def __call__(self, tensor: np.ndarray) -> np.ndarray:
        """The int8 output for an int8 input of any shape with as many elements as the rows."""
        rows = tensor.reshape(-1, self.weights.shape[1]).astype(np.int64) + self.input_offset
        accumulators = wrapped(rows @ self.weights.astype(np.int64).T + self.bias)
        scaled = scale(accumulators, self.multiplier, self.shift) + self.output_offset
        return scaled.clip(self.least, self.most).astype(np.int8).reshape(self.shape)


def fully_connected(graph: Graph, operator: Operator) -> FullyConnected:
    """The operator's arithmetic."""
    source, output = graph.tensors[operator.input], graph.tensors[operator.output]
    weights = graph.tensors[operator.weights]
    channels = weights.shape[0]
    bias = np.zeros(channels, np.int32)
    if operator.bias is not None:
        bias = graph.tensors[operator.bias].data.reshape(channels)
    multiplier, shift = fully_connected_multipliers(
        source.scale, weights.scales, output.scale, channels
    )
    least, most = activation_range(operator.activation, output.scale, output.zero_point)
    return FullyConnected(
        input=source.index,
        output=output.index,
        shape=output.shape,
        weights=weights.data.astype(np.int64) - (weights.zero_point if weights.unsigned else 0),
        bias=bias,
        multiplier=multiplier.astype(np.int64),
        shift=shift.astype(np.int64),
        input_offset=-source.zero_point,
        output_offset=output.zero_point,
        least=least,
        most=most,
    )
