"""The model graph: frozen dataclasses, valid by construction when `read_model` made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Tensor:
    """One tensor of the model.

    index: its number in the .tflite file.
    shape: as in the file; activations are NHWC with N = 1, or of lower rank.
    dtype: "int8" for activations and weights, "int32" for biases, "int32" or "int64" for shapes,
        "float32" at the edges of a model that takes or gives real values.
    unsigned: the file has uint8, which is held as int8 here: value and zero point less 128, the
        topmost bit of every byte turned over.
    scales, zero_points: real value = scale * (value - zero point); one of each for a tensor, or
        one per index of dimension `quantised_dimension`.  float32 scales, int64 zero points.
    data: the constant's values (the file's, or folded) in the tensor's shape, None for activations.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    scales: np.ndarray = field(repr=False)
    zero_points: np.ndarray = field(repr=False)
    quantised_dimension: int = 0
    data: np.ndarray | None = field(default=None, repr=False)
    unsigned: bool = False

    @property
    def elements(self) -> int:
        """Number of elements; for int8 also the size in bytes."""
        return prod(self.shape)

    @property
    def scale(self) -> np.float32:
        """The scale of a tensor quantised as a whole."""
        return np.float32(self.scales[0])

    @property
    def zero_point(self) -> int:
        """The zero point of a tensor quantised as a whole."""
        return int(self.zero_points[0])

    @property
    def hwc(self) -> tuple[int, int, int]:
        """(h, w, c) of an activation; missing dimensions count 1, the last one is c."""
        rest = self.shape[1:] if len(self.shape) > 1 else self.shape
        height, width, channels = (1,) * (3 - len(rest)) + rest
        return height, width, channels


@dataclass(frozen=True)
class Window:
    """How a window moves over an image, each pair as (h, w); pad is (top, left)."""

    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    pad: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Copy:
    """Which elements an operator takes: number start + i * steps[0] + j * steps[1] + k * steps[2]
    of its input for element [i, j, k] of `shape`."""

    shape: tuple[int, int, int]
    start: int
    steps: tuple[int, int, int]


@dataclass(frozen=True)
class Operator:
    """One operator; tensors are given by their numbers in `Graph.tensors`.

    index: position in the .tflite file, which counts folded operators too.
    kind: TFLite's name, such as "CONV_2D".
    name: short name for people, from the output tensor's name.
    input, output: activations; input2: the second operand of ADD.
    values: for operators that work value by value a table of outputs, int8 [1 or c, 256]: a row for
        all channels or for each, the input's byte (as uint8) is the place in it.
    more_inputs: those behind the second.
    same_bytes: the output has the very bytes of the input, so that nothing needs to be done.
    weights, bias: constants; None where the operator has none.
    activation: "NONE", "RELU", "RELU6" or "RELU_N1_TO_1".
    pad_front_c: channels that PAD puts before the first one.
    pad_value: what PADV2 pads with, as stored; None is the zero point.
    mean_as: of MEAN over other dimensions than height and width, the input as (outer, averaged,
        inner) elements.
    copy: of operators that take some elements, or take them in another order.
    outer: pieces of each input of CONCATENATION, which come in turn.
    align_corners, half_pixel_centres: how the RESIZE operators map pixels.
    beta: SOFTMAX's factor.
    macs: multiply-accumulates of one inference.
    parameters: weights and biases.
    """

    index: int
    kind: str
    name: str
    input: int
    output: int
    input2: int | None = None
    more_inputs: tuple[int, ...] = ()
    same_bytes: bool = False
    weights: int | None = None
    bias: int | None = None
    window: Window = Window()
    depth_multiplier: int = 1
    activation: str = "NONE"
    pad_front_c: int = 0
    pad_value: int | None = None
    mean_as: tuple[int, int, int] | None = None
    copy: Copy | None = None
    outer: int = 1
    align_corners: bool = False
    half_pixel_centres: bool = False
    beta: float = 1.0
    values: np.ndarray | None = field(default=None, repr=False, compare=False)
    macs: int = 0
    parameters: int = 0

    @property
    def inputs(self) -> tuple[int, ...]:
        """Every activation that it reads."""
        both = (self.input, self.input2)
        return (*(one for one in both if one is not None), *self.more_inputs)

    def __str__(self) -> str:
        return f"operator {self.index} ({self.kind} '{self.name}')"


@dataclass(frozen=True)
class Graph:
    """A checked model: the operators that run, in their order, with one or more inputs and outputs.

    content: the file as the golden interpreter gets it; repairs: what in it is not the file's.
    inputs, outputs: int8 tensors, where the SoC's part of the model begins and ends, in the order
        in which the file has them.
    edges: operators that turn real values into int8 in front of that part, or int8 into real
        values behind it; the host does that.
    """

    path: Path
    sha256: str
    content: bytes = field(repr=False)
    tensors: tuple[Tensor, ...] = field(repr=False)
    operators: tuple[Operator, ...] = field(repr=False)
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    edges: tuple[Operator, ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        return sum(operator.macs for operator in self.operators)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum(operator.parameters for operator in self.operators)

    @property
    def input_tensors(self) -> tuple[Tensor, ...]:
        """What the SoC takes."""
        return tuple(self.tensors[number] for number in self.inputs)

    @property
    def output_tensors(self) -> tuple[Tensor, ...]:
        """What the SoC gives."""
        return tuple(self.tensors[number] for number in self.outputs)

    @property
    def entries(self) -> tuple[Operator | None, ...]:
        """The edge in front of each input, None where there is none."""
        edges = {edge.output: edge for edge in self.edges}
        return tuple(edges.get(number) for number in self.inputs)

    @property
    def file_inputs(self) -> tuple[Tensor, ...]:
        """What the file takes."""
        pairs = zip(self.entries, self.input_tensors, strict=True)
        return tuple(self.tensors[entry.input] if entry else tensor for entry, tensor in pairs)
