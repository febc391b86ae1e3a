"""Descriptions of small int8 TFLite layers, from which `tflite_builder` writes a model file.

A layer takes the output of the layer before it, unless `source` names another one by its index
(-1 is the model's input, -2 a second one).  Arrays are NumPy: weights int8, biases int32.  Scales
are real values of one quantisation step; `weight_scale` is one float (per tensor) or one float per
output channel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Quantisation:
    """Real value = scale * (stored value - zero point)."""

    scale: float
    zero_point: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """Common to all layers: the quantisation of the output and where the input comes from."""

    output: Quantisation
    source: int | None = None  # None is the layer before

    def output_shape(self, *inputs: Shape) -> Shape:
        """Shape of the output for inputs of these shapes."""
        raise NotImplementedError


def _window_size(size: int, kernel: int, stride: int, dilation: int, padding: str) -> int:
    """Output length of a sliding window along one axis (TFLite's ComputeOutSize)."""
    if padding == "SAME":
        return math.ceil(size / stride)
    return math.ceil((size - (kernel - 1) * dilation) / stride)


@dataclass(frozen=True, eq=False, kw_only=True)
class Windowed(Layer):
    """A layer that slides a window over H and W."""

    stride: tuple[int, int] = (1, 1)
    padding: str = "SAME"
    activation: str = "NONE"  # NONE, RELU or RELU6

    def window_shape(
        self, shape: Shape, kernel: tuple[int, int], dilation: tuple[int, int]
    ) -> tuple[int, int]:
        """Output height and width for an input of `shape`."""
        return tuple(
            _window_size(size, k, s, d, self.padding)
            for size, k, s, d in zip(shape[1:3], kernel, self.stride, dilation, strict=True)
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Conv2D(Windowed):
    """CONV_2D; weights (O, KH, KW, I)."""

    weights: np.ndarray
    weight_scale: float | Sequence[float]
    bias: np.ndarray | None
    dilation: tuple[int, int] = (1, 1)

    def output_shape(self, *inputs: Shape) -> Shape:
        size = self.window_shape(inputs[0], self.weights.shape[1:3], self.dilation)
        return (1, *size, self.weights.shape[0])


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthwiseConv2D(Windowed):
    """DEPTHWISE_CONV_2D; weights (1, KH, KW, I * depth_multiplier)."""

    weights: np.ndarray
    weight_scale: float | Sequence[float]
    bias: np.ndarray | None
    dilation: tuple[int, int] = (1, 1)
    depth_multiplier: int = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        size = self.window_shape(inputs[0], self.weights.shape[1:3], self.dilation)
        return (1, *size, self.weights.shape[3])


@dataclass(frozen=True, eq=False, kw_only=True)
class FullyConnected(Layer):
    """FULLY_CONNECTED; weights (O, I), the input is flattened."""

    weights: np.ndarray
    weight_scale: float | Sequence[float]
    bias: np.ndarray | None
    activation: str = "NONE"

    def output_shape(self, *inputs: Shape) -> Shape:
        return (math.prod(inputs[0]) // self.weights.shape[1], self.weights.shape[0])


@dataclass(frozen=True, eq=False, kw_only=True)
class AveragePool2D(Windowed):
    """AVERAGE_POOL_2D; input and output share one quantisation."""

    size: tuple[int, int]

    def output_shape(self, *inputs: Shape) -> Shape:
        return (1, *self.window_shape(inputs[0], self.size, (1, 1)), inputs[0][3])


@dataclass(frozen=True, eq=False, kw_only=True)
class Mean(Layer):
    """MEAN over H and W."""

    keep_dims: bool = True

    def output_shape(self, *inputs: Shape) -> Shape:
        channels = inputs[0][3]
        return (1, 1, 1, channels) if self.keep_dims else (1, channels)


@dataclass(frozen=True, eq=False, kw_only=True)
class Add(Layer):
    """ADD of two tensors of one shape; `other` is the source of the second."""

    other: int
    activation: str = "NONE"

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]


@dataclass(frozen=True, eq=False, kw_only=True)
class Pad(Layer):
    """PAD with the zero point; `paddings` is ((before, after), ...) for N, H, W, C."""

    paddings: Sequence[tuple[int, int]]

    def output_shape(self, *inputs: Shape) -> Shape:
        return tuple(a + size + b for size, (a, b) in zip(inputs[0], self.paddings, strict=True))


@dataclass(frozen=True, eq=False, kw_only=True)
class Reshape(Layer):
    """RESHAPE to `shape`.

    computed: the model takes the first size from its input at run time, as Keras' models do, by
    SHAPE, STRIDED_SLICE and PACK; their outputs are "layer0/sizes", "layer0/batch", "layer0/shape".
    """

    shape: Shape
    computed: bool = False

    def output_shape(self, *inputs: Shape) -> Shape:
        return tuple(self.shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Softmax(Layer):
    """SOFTMAX over the last axis; TFLite fixes its output to scale 1/256, zero point -128."""

    output: Quantisation = Quantisation(1 / 256, -128)
    beta: float = 1.0

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]


@dataclass(frozen=True, eq=False)
class Constant:
    """An operand of the file: int8 with one scale and zero point, or int32 without."""

    values: np.ndarray
    quantisation: Quantisation | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Plain(Layer):
    """Any other operator by its name in the schema.

    shape: of the output.  others: further activations, by index.  constants: behind them, or in
    front where `constants_first`.  options: name of the options table and its fields.
    parts: shapes of further outputs, which nothing reads.
    """

    code: str
    shape: Shape
    others: tuple[int, ...] = ()
    constants: tuple[Constant, ...] = ()
    constants_first: bool = False
    options: tuple[str, dict[str, object]] | None = None
    parts: tuple[Shape, ...] = ()
    version: int = 2

    def output_shape(self, *inputs: Shape) -> Shape:
        return self.shape
