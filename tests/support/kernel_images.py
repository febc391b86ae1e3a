"""A small image for every kernel, in good order, for tests that damage it.

The kernel in question runs the last operator.  Shapes are chosen so that a record can be changed in
one respect and stays right in all others (`tests/firmware/check_cases.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from dwpw.target.kernel_set import KernelSet
from tests.support.exactness import read_bytes
from tests.support.targets import KERNEL_SETS, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import (
    Add,
    AveragePool2D,
    Constant,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Layer,
    Mean,
    Pad,
    Plain,
    Quantisation,
    Reshape,
    Shape,
    Softmax,
)

SOURCE = Quantisation(0.1, 3)
OUTPUT = Quantisation(0.5, -4)

Model = tuple[Shape, Sequence[Layer]]


def _weights(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).integers(-127, 128, shape).astype(np.int8)


def _weighted(weights: np.ndarray, channels: int, **more: object) -> dict:
    bias = np.arange(channels, dtype=np.int32) * 100
    return {"weights": weights, "weight_scale": 0.01, "bias": bias, "output": OUTPUT, **more}


def conv(shape: Shape, kernel: int, channels: int, **more: object) -> Model:
    """A square window, one for every output channel."""
    weights = _weights(channels, kernel, kernel, shape[3])
    return shape, [Conv2D(**_weighted(weights, channels, **more))]


def depthwise(shape: Shape, kernel: int, multiplier: int = 1, **more: object) -> Model:
    """A square window for every channel."""
    channels = shape[3] * multiplier
    weights = _weights(1, kernel, kernel, channels)
    more["depth_multiplier"] = multiplier
    return shape, [DepthwiseConv2D(**_weighted(weights, channels, **more))]


def depthwise_line(shape: Shape, window: tuple[int, int]) -> Model:
    """A window of one line for every channel."""
    weights = _weights(1, *window, shape[3])
    return shape, [DepthwiseConv2D(**_weighted(weights, shape[3]))]


def fully_connected(shape: Shape, channels: int) -> Model:
    """Over the flattened input."""
    weights = _weights(channels, int(np.prod(shape)))
    return shape, [FullyConnected(**_weighted(weights, channels))]


def pool(shape: Shape, size: int, **more: object) -> Model:
    """A square window that is averaged."""
    return shape, [AveragePool2D(size=(size, size), output=SOURCE, **more)]


def add(shape: Shape) -> Model:
    """The input and a layer of it."""
    _, layers = depthwise(shape, 3)
    return shape, [*layers, Add(other=-1, output=OUTPUT)]


def pad(shape: Shape, channels: tuple[int, int] = (0, 0)) -> Model:
    """A pixel at each side."""
    return shape, [Pad(paddings=[(0, 0), (1, 1), (1, 1), channels], output=SOURCE)]


def mean(shape: Shape) -> Model:
    """Over H and W."""
    return shape, [Mean(output=OUTPUT)]


def int32(*values: int) -> Constant:
    """An operand that tells axes or sizes."""
    return Constant(np.array(values, np.int32))


def plain(code: str, shape: Shape, to: Shape, **more: object) -> Model:
    """An operator by its name."""
    return shape, [Plain(code=code, shape=to, **{"output": OUTPUT, **more})]


def pair(code: str, shape: Shape, options: str | None = None, **more: object) -> Model:
    """The input and a layer of it."""
    _, (first,) = depthwise(shape, 3)
    both = [replace(first, output=SOURCE)]
    options = (options, {}) if options else None
    return shape, [*both, *plain(code, shape, shape, others=(-1,), options=options, **more)[1]]


def multiply_channels() -> Model:
    """A tensor and the first of its pixels."""
    shape = (1, 3, 4, 8)
    slices = (int32(0, 0, 0, 0), int32(1, 1, 1, -1))
    _, (first,) = plain("SLICE", shape, (1, 1, 1, 8), constants=slices, output=SOURCE)
    options = ("MulOptions", {})
    more = {"others": (0,), "source": -1, "options": options}
    return shape, [first, *plain("MUL", shape, shape, **more)[1]]


def max_pool(shape: Shape, size: int) -> Model:
    """A square window whose largest value is taken."""
    fields = {"Padding": 0, "StrideH": 2, "StrideW": 2, "FilterHeight": size, "FilterWidth": size}
    to = (1, -(-shape[1] // 2), -(-shape[2] // 2), shape[3])
    options = ("Pool2DOptions", fields)
    return plain("MAX_POOL_2D", shape, to, options=options, output=SOURCE)


MODELS: dict[str, Callable[[], Model]] = {
    "reference/conv": lambda: conv((1, 5, 5, 4), 3, 6),
    "reference/depthwise_conv": lambda: depthwise((1, 5, 5, 4), 3, 2),
    "reference/fully_connected": lambda: fully_connected((1, 2, 2, 3), 5),
    "reference/average_pool": lambda: pool((1, 6, 6, 4), 3),
    "reference/mean": lambda: mean((1, 4, 4, 8)),
    "reference/add": lambda: add((1, 3, 4, 8)),
    "reference/pad": lambda: pad((1, 3, 3, 4), (1, 2)),
    "reference/reshape": lambda: ((1, 2, 3, 4), [Reshape(shape=(1, 24), output=SOURCE)]),
    "reference/softmax": lambda: ((1, 1, 1, 10), [Softmax()]),
    "reference/conv_wide": lambda: conv((1, 5, 5, 4), 3, 6),
    "reference/depthwise_wide": lambda: depthwise((1, 5, 5, 4), 3, 2),
    "reference/table": lambda: plain("HARD_SWISH", (1, 3, 4, 5), (1, 3, 4, 5)),
    "reference/max_pool": lambda: max_pool((1, 6, 6, 4), 3),
    "reference/mean_lines": lambda: plain(
        "MEAN", (1, 4, 3, 5), (1, 4, 5), constants=(int32(2),), options=("ReducerOptions", {})
    ),
    "reference/subtract": lambda: pair("SUB", (1, 3, 4, 8), "SubOptions"),
    "reference/multiply": lambda: pair("MUL", (1, 3, 4, 8), "MulOptions"),
    "reference/extremum": lambda: pair("MINIMUM", (1, 3, 4, 8), output=SOURCE),
    "reference/copy": lambda: plain(
        "TRANSPOSE", (1, 3, 4, 5), (1, 5, 4, 3), constants=(int32(0, 3, 2, 1),), output=SOURCE
    ),
    "reference/concatenation": lambda: plain(
        "CONCATENATION",
        (1, 3, 4, 5),
        (1, 3, 4, 10),
        others=(-1,),
        options=("ConcatenationOptions", {"Axis": 3}),
        output=SOURCE,
    ),
    "reference/resize_nearest": lambda: plain(
        "RESIZE_NEAREST_NEIGHBOR",
        (1, 3, 4, 5),
        (1, 6, 7, 5),
        constants=(int32(6, 7),),
        options=("ResizeNearestNeighborOptions", {}),
        output=SOURCE,
    ),
    "reference/resize_bilinear": lambda: plain(
        "RESIZE_BILINEAR",
        (1, 3, 4, 5),
        (1, 6, 7, 5),
        constants=(int32(6, 7),),
        options=("ResizeBilinearOptions", {"HalfPixelCenters": True}),
        output=SOURCE,
    ),
    "scalar/table": lambda: plain("HARD_SWISH", (1, 3, 4, 5), (1, 3, 4, 5)),
    "scalar/conv": lambda: conv((1, 6, 9, 3), 3, 6, stride=(2, 2)),
    "scalar/conv_pointwise": lambda: conv((1, 3, 4, 6), 1, 6),
    "scalar/depthwise_3x3": lambda: depthwise((1, 6, 2, 8), 3, stride=(2, 2)),
    "scalar/depthwise_conv": lambda: depthwise((1, 5, 5, 4), 3, 2),
    "scalar/fully_connected": lambda: fully_connected((1, 2, 3, 3), 6),
    "scalar/average_pool": lambda: pool((1, 6, 6, 4), 3),
    "scalar/max_pool": lambda: max_pool((1, 6, 6, 4), 3),
    "scalar/mean": lambda: mean((1, 4, 4, 8)),
    "scalar/add": lambda: add((1, 3, 4, 8)),
    "scalar/pad": lambda: pad((1, 3, 3, 4)),
    "scalar/copy": lambda: plain(
        "SLICE",
        (1, 3, 4, 5),
        (1, 2, 3, 5),
        constants=(int32(0, 1, 1, 0), int32(1, 2, 3, 5)),
        output=SOURCE,
    ),
    "simd/conv_pointwise": lambda: conv((1, 2, 2, 256), 1, 40),
    "simd/conv_rows": lambda: conv((1, 12, 4, 3), 5, 6),
    "simd/depthwise_3x3": lambda: depthwise((1, 6, 6, 8), 3),
    "simd/conv_patches": lambda: conv((1, 6, 6, 8), 3, 6, stride=(2, 2)),
    "simd/conv_wide": lambda: conv((1, 4, 4, 460), 3, 6, stride=(2, 2)),
    "simd/depthwise_window": lambda: depthwise((1, 6, 6, 8), 5),
    "simd/table": lambda: plain("HARD_SWISH", (1, 3, 4, 5), (1, 3, 4, 5)),
    "simd/sum": lambda: add((1, 3, 4, 8)),
    "simd/multiply_channels": multiply_channels,
    "simd/padded": lambda: ((1, 3, 3, 4), [*pad((1, 3, 3, 4))[1], *conv((1, 5, 5, 4), 3, 6)[1]]),
    "simd/table_twice": lambda: (
        (1, 3, 4, 5),
        [layer for _ in range(2) for layer in plain("HARD_SWISH", (1, 3, 4, 5), (1, 3, 4, 5))[1]],
    ),
    "simd/average_lines": lambda: pool((1, 4, 4, 512), 4, padding="VALID"),
    "simd/average": lambda: pool((1, 4, 4, 8), 4, padding="VALID"),
}
"""One model for each kernel."""

UNSIGNED = ("reference/conv_wide", "reference/depthwise_wide")
"""Models of uint8 throughout."""

WEIGHT_ZERO_POINT = 40

FURTHER_MODELS: dict[str, Callable[[], Model]] = {
    "one window": lambda: pool((1, 4, 4, 8), 4, padding="VALID"),
    "long lines": lambda: depthwise((1, 2, 70, 4), 3),
    "whole words": lambda: fully_connected((1, 2, 2, 4), 6),
    "lines of half words": lambda: conv((1, 12, 5, 1), 10, 6, stride=(2, 2)),
    "stem": lambda: conv((1, 8, 8, 3), 3, 8, stride=(2, 2)),
    "dilated": lambda: conv((1, 7, 7, 2), 3, 5, dilation=(2, 3)),
    "strided depthwise": lambda: depthwise((1, 7, 8, 36), 3, stride=(2, 2)),
    "long pixels": lambda: conv((1, 2, 2, 1040), 1, 6),
    "strided pixels": lambda: conv((1, 5, 4, 8), 1, 6, stride=(2, 3)),
    "mean": lambda: mean((1, 3, 5, 12)),
    "patches passed again": lambda: conv((1, 4, 4, 116), 3, 9),
    "dilated patches": lambda: conv((1, 7, 7, 4), 3, 5, dilation=(2, 3)),
    "one channel to many": lambda: depthwise((1, 6, 8, 1), 3, 8, stride=(2, 2)),
    "windows that fill the store": lambda: conv((1, 4, 4, 240), 3, 5),
    "dilated windows that fill the store": lambda: conv((1, 7, 7, 232), 3, 4, dilation=(2, 3)),
    "windows wider than the store": lambda: conv((1, 4, 4, 484), 3, 5),
    "dilated windows wider than the store": lambda: conv((1, 7, 7, 460), 3, 4, dilation=(2, 3)),
    "columns with padding": lambda: depthwise_line((1, 9, 2, 32), (5, 1)),
    "dilated depthwise": lambda: depthwise((1, 9, 9, 12), 3, dilation=(2, 3)),
}
"""Models that reach other loops of the same kernels."""


def kernel_set_of(kernel: str) -> KernelSet:
    """The set that a kernel belongs to."""
    return next(one for one in KERNEL_SETS if one.name == kernel.split("/")[0])


@cache
def image_of(model: str, kernel_set: KernelSet) -> bytes:
    """The image of a model of `MODELS` or `FURTHER_MODELS`, dumping nothing."""
    shape, layers = {**MODELS, **FURTHER_MODELS}[model]()
    zero_point = WEIGHT_ZERO_POINT if model in UNSIGNED else None
    content = build_model(shape, SOURCE, layers, weight_zero_point=zero_point)
    with TemporaryDirectory() as directory:
        graph = read_bytes(content, Path(directory))
    return pack(plan(graph, TARGET, kernel_set))


def kernel_image(kernel: str) -> bytes:
    """The image whose last operator is run by `kernel`."""
    return image_of(kernel, kernel_set_of(kernel))
