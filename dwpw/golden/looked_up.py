"""Operators that work value by value, as a device computes them.

LiteRT works out the factors of PRELU and HARD_SWISH in single precision, TFLite Micro in double: a
slope of 0.0269101387 becomes the multiplier 1849250560 or 1849250654.  LOGISTIC and TANH of LiteRT
are not the fixed point of gemmlowp: with the scale 0.03350614 and the zero point -96 the first
gives 93/256 for 15, where a device has 92.499997/256 and rounds down.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dwpw.golden.ours import Ours
from dwpw.model import Graph, Operator

KINDS = ("HARD_SWISH", "LOGISTIC", "PRELU", "TANH")


@dataclass(frozen=True, kw_only=True)
class LookedUp(Ours):
    """values: int8 [1 or c, 256], the outputs for the bytes of an input of one of c channels."""

    values: np.ndarray = field(repr=False)

    def __call__(self, tensor: np.ndarray) -> np.ndarray:
        """The int8 output for an int8 input whose last dimension has the channels."""
        places = tensor.view(np.uint8).reshape(-1, len(self.values))
        looked_up = np.take_along_axis(self.values, places.T.astype(np.intp), axis=1)
        return np.ascontiguousarray(looked_up.T).reshape(self.shape)


def looked_up(graph: Graph, operator: Operator) -> LookedUp:
    """The operator's tables, which `dwpw.values` has worked out."""
    return LookedUp(
        input=operator.input,
        output=operator.output,
        shape=graph.tensors[operator.output].shape,
        values=operator.values,
    )
