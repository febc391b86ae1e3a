"""A network without weights: its operators, their shapes, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from dwpw.model.windows import output_size

Shape = tuple[int, ...]

WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
"""Kinds with weights and a bias, to which batch normalisation is folded."""

KEEPS_QUANTISATION = ("AVERAGE_POOL_2D", "MAX_POOL_2D", "RESHAPE", "CONCATENATION")
"""Kinds that move or average values: TFLite wants input and output quantised alike."""


@dataclass(frozen=True)
class Quantisation:
    """Real value = scale * (stored value - zero point)."""

    scale: float
    zero_point: int


@dataclass(frozen=True)
class Node:
    """One operator.  Tensors have numbers: 0 is the network's input, N the output of node N - 1.

    kind: TFLite's name.
    inputs: tensors that it reads.
    shape: of the output, NHWC with N = 1, or (1, features).
    window, stride: (h, w) of operators that slide a window; SAME padding unless `valid`.
    weights: the shape of the weights as TFLite has them, () where there are none.
    bias: how many values the bias has.
    activation: "NONE", "RELU" or "RELU6".
    factor: the constant that a MUL with one input multiplies by.
    shift: a constant that goes into the bias (the 3 of a hard sigmoid).
    gain: wanted standard deviation of the output of an operator with weights.
    like: a tensor whose quantisation the output shall have (branches of a CONCATENATION).
    """

    kind: str
    name: str
    inputs: tuple[int, ...]
    shape: Shape
    window: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    valid: bool = False
    weights: Shape = ()
    bias: int = 0
    activation: str = "NONE"
    factor: float | None = None
    shift: float = 0.0
    gain: float = 1.0
    like: int | None = None

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return (prod(self.weights) if self.weights else 0) + self.bias

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        if not self.weights:
            return 0
        if self.kind == "DEPTHWISE_CONV_2D":
            return prod(self.shape) * prod(self.window)
        return prod(self.shape) * prod(self.weights[1:])


@dataclass(frozen=True)
class Blueprint:
    """A network: what runs in which order, and how its input is quantised.

    title: name and sizes for people, such as "mobilenet_v1 0.25, 96x96x3, 10 classes".
    """

    title: str
    input_shape: Shape
    input: Quantisation
    nodes: tuple[Node, ...]

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        return sum(node.macs for node in self.nodes)

    @property
    def parameters(self) -> int:
        """Weights and biases; batch normalisation is folded to one bias per channel."""
        return sum(node.parameters for node in self.nodes)

    def shape(self, tensor: int) -> Shape:
        """The shape of a tensor by its number."""
        return self.nodes[tensor - 1].shape if tensor else self.input_shape


def window_shape(
    source: Shape, window: tuple[int, int], stride: tuple[int, int], valid: bool
) -> tuple[int, int]:
    """Height and width of what a window gives on an image [1, h, w, c]."""
    height, width = (
        output_size(size, reach, step, 1, not valid)
        for size, reach, step in zip(source[1:3], window, stride, strict=True)
    )
    return height, width
