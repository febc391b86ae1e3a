"""Where a network grows operator by operator: each function takes and gives numbers of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log, prod, sqrt

from dwpw.make.blueprint import Blueprint, Node, Quantisation, Shape, window_shape

Size = int | tuple[int, int]

SIGNED_PIXELS = Quantisation(2 / 255, -1)
"""Pixels scaled to [-1, 1], as Keras' MobileNets want them."""


def _pair(size: Size) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


@dataclass
class Sketch:
    """A network under construction."""

    input_shape: Shape
    input: Quantisation = SIGNED_PIXELS
    nodes: list[Node] = field(default_factory=list)

    def blueprint(self, title: str) -> Blueprint:
        """What has been drawn so far."""
        height, width, channels = self.input_shape[1:]
        return Blueprint(
            f"{title}, {height}x{width}x{channels}, {self.nodes[-1].shape[-1]} classes",
            self.input_shape,
            self.input,
            tuple(self.nodes),
        )

    def shape(self, tensor: int) -> Shape:
        """The shape of a tensor."""
        return self.nodes[tensor - 1].shape if tensor else self.input_shape

    def add(self, kind: str, inputs: Sequence[int], shape: Shape, name: str, **rest: object) -> int:
        """Any operator."""
        self.nodes.append(Node(kind, name, tuple(inputs), shape, **rest))
        return len(self.nodes)

    def conv(
        self,
        source: int,
        channels: int,
        window: Size = 1,
        stride: Size = 1,
        activation: str = "RELU",
        name: str = "",
        **rest: object,
    ) -> int:
        """CONV_2D."""
        window, stride = _pair(window), _pair(stride)
        given = self.shape(source)
        height, width = window_shape(given, window, stride, valid=False)
        return self.add(
            "CONV_2D",
            [source],
            (1, height, width, channels),
            name or f"conv{len(self.nodes)}",
            window=window,
            stride=stride,
            weights=(channels, *window, given[3]),
            bias=channels,
            activation=activation,
            **rest,
        )

    def depthwise(
        self, source: int, window: Size, stride: Size, activation: str, name: str = ""
    ) -> int:
        """DEPTHWISE_CONV_2D, one filter per channel."""
        window, stride = _pair(window), _pair(stride)
        given = self.shape(source)
        height, width = window_shape(given, window, stride, valid=False)
        return self.add(
            "DEPTHWISE_CONV_2D",
            [source],
            (1, height, width, given[3]),
            name or f"depthwise{len(self.nodes)}",
            window=window,
            stride=stride,
            weights=(1, *window, given[3]),
            bias=given[3],
            activation=activation,
        )

    def dense(self, source: int, features: int, activation: str = "NONE", gain: float = 1) -> int:
        """FULLY_CONNECTED on (1, features)."""
        return self.add(
            "FULLY_CONNECTED",
            [source],
            (1, features),
            f"dense{len(self.nodes)}",
            weights=(features, self.shape(source)[-1]),
            bias=features,
            activation=activation,
            gain=gain,
        )

    def pool(self, kind: str, source: int, window: Size, stride: Size, valid: bool = False) -> int:
        """AVERAGE_POOL_2D or MAX_POOL_2D."""
        window, stride = _pair(window), _pair(stride)
        given = self.shape(source)
        height, width = window_shape(given, window, stride, valid)
        name = f"pool{len(self.nodes)}"
        shape = (1, height, width, given[3])
        return self.add(kind, [source], shape, name, window=window, stride=stride, valid=valid)

    def mean(self, source: int, keep_dims: bool) -> int:
        """MEAN over height and width."""
        channels = self.shape(source)[3]
        shape = (1, 1, 1, channels) if keep_dims else (1, channels)
        return self.add("MEAN", [source], shape, f"mean{len(self.nodes)}")

    def average_and_flatten(self, source: int) -> int:
        """AVERAGE_POOL_2D over the whole map, then RESHAPE to (1, features)."""
        height, width = self.shape(source)[1:3]
        whole = (height, width)
        return self.flatten(self.pool("AVERAGE_POOL_2D", source, whole, whole, valid=True))

    def flatten(self, source: int) -> int:
        """RESHAPE to (1, features)."""
        name = f"flatten{len(self.nodes)}"
        return self.add("RESHAPE", [source], (1, prod(self.shape(source))), name)

    def sum(self, first: int, second: int, activation: str = "NONE") -> int:
        """ADD of two tensors of one shape."""
        name = f"add{len(self.nodes)}"
        return self.add("ADD", [first, second], self.shape(first), name, activation=activation)

    def multiply(self, first: int, second: int) -> int:
        """MUL; `second` may be 1x1, which multiplies channels as a whole."""
        return self.add("MUL", [first, second], self.shape(first), f"mul{len(self.nodes)}")

    def scale(self, source: int, factor: float) -> int:
        """MUL with a constant."""
        name = f"scale{len(self.nodes)}"
        return self.add("MUL", [source], self.shape(source), name, factor=factor)

    def hard_swish(self, source: int) -> int:
        """HARD_SWISH: x * relu6(x + 3) / 6."""
        name = f"hard_swish{len(self.nodes)}"
        return self.add("HARD_SWISH", [source], self.shape(source), name)

    def concatenate(self, sources: Sequence[int]) -> int:
        """CONCATENATION along the channels."""
        channels = sum(self.shape(source)[3] for source in sources)
        shape = (*self.shape(sources[0])[:3], channels)
        return self.add("CONCATENATION", sources, shape, f"concat{len(self.nodes)}")

    def classify(self, source: int, classes: int) -> int:
        """FULLY_CONNECTED and SOFTMAX.

        Of n normal scores with deviation s the largest is about s * sqrt(2 ln n), the logarithm of
        the sum of exponentials ln n + s^2 / 2.  They meet at s = sqrt(2 ln n), where one class
        takes all; four fifths of it leave some classes that stand out.
        """
        scores = self.dense(source, classes, gain=0.8 * sqrt(2 * log(classes)))
        return self.add("SOFTMAX", [scores], (1, classes), "softmax")
