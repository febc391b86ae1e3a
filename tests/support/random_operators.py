"""Random operators beyond the convolutions: value by value, on two operands, moving values."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from tests.support.tflite_layers import (
    AveragePool2D,
    Constant,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Layer,
    Plain,
    Quantisation,
    Shape,
)

EIGHT_BITS = Quantisation(1 / 256, -128)
"""TFLite's own for the output of LOGISTIC."""

SIGNED = Quantisation(1 / 128, 0)
"""The same for TANH."""

Rng = np.random.Generator


def near(rng: Rng, source: Quantisation, low: float = -0.5, high: float = 0.7) -> Quantisation:
    """A quantisation whose scale is some times another's."""
    scale = float(np.float32(source.scale * 10 ** rng.uniform(low, high)))
    return Quantisation(scale, int(rng.integers(-128, 128)))


def plain(code: str, shape: Shape, output: Quantisation, **more: object) -> Layer:
    """An operator by its name."""
    return Plain(code=code, shape=shape, output=output, **more)


def quantize(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """To any other scale, now and then to another zero point only."""
    output = near(rng, source) if rng.random() < 0.8 else Quantisation(source.scale, -7)
    return [plain("QUANTIZE", shape, output)]


def relu(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """To any other scale."""
    return [plain("RELU", shape, near(rng, source))]


def bounded_relu(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """RELU6 and RELU_N1_TO_1, to any other scale."""
    code = str(rng.choice(["RELU6", "RELU_N1_TO_1"]))
    version = 1 if code == "RELU_N1_TO_1" else 2
    return [plain(code, shape, near(rng, source), version=version)]


def leaky_relu(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """Slopes below 1 and above."""
    options = ("LeakyReluOptions", {"Alpha": float(rng.uniform(0, 1.5))})
    return [plain("LEAKY_RELU", shape, near(rng, source), options=options)]


def prelu(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """A slope for each channel."""
    slopes = rng.integers(-128, 128, (1, 1, shape[3])).astype(np.int8)
    alpha = Constant(slopes, Quantisation(float(np.float32(rng.uniform(0.002, 0.02))), 3))
    return [plain("PRELU", shape, near(rng, source), constants=(alpha,), version=1)]


def logistic(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """To probabilities."""
    return [plain("LOGISTIC", shape, EIGHT_BITS)]


def tanh(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """To -1 to 1."""
    return [plain("TANH", shape, SIGNED)]


def hard_swish(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """Any scales."""
    return [plain("HARD_SWISH", shape, near(rng, source), version=1)]


PAIRS = {
    "ADD": "AddOptions",
    "SUB": "SubOptions",
    "MUL": "MulOptions",
    "MINIMUM": "MaximumMinimumOptions",
    "MAXIMUM": "MaximumMinimumOptions",
}


def _pair(rng: Rng, source: Quantisation, codes: list[str]) -> tuple[str, dict, Quantisation]:
    """Kind, options and output of an operator on two operands."""
    code = str(rng.choice(codes))
    fields = {}
    if code in ("ADD", "SUB", "MUL"):
        fields = {"FusedActivationFunction": int(rng.choice([0, 1, 3]))}
    scale = {"MUL": source.scale * 0.05 * 20}.get(code, source.scale)
    output = source if code in ("MINIMUM", "MAXIMUM") else near(rng, Quantisation(scale, 0), -0.3)
    return code, {"options": (PAIRS[code], fields)}, output


def with_constant(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """A constant of one value or of one for each channel, on either side."""
    code, more, output = _pair(rng, source, list(PAIRS))
    size = shape[3] if rng.random() < 0.7 else 1
    values = rng.integers(-128, 128, (1, 1, 1, size)).astype(np.int8)
    other = source if code in ("MINIMUM", "MAXIMUM") else near(rng, source, -0.3, 0.3)
    first = bool(rng.random() < 0.3) and size > 1
    return [
        plain(
            code,
            shape,
            output,
            constants=(Constant(values, other),),
            constants_first=first,
            **more,
        )
    ]


def two(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """The input and what has become of it, or one value for each of its channels."""
    code, more, output = _pair(rng, source, ["SUB", "MUL", "MINIMUM", "MAXIMUM"])
    other = source if code in ("MINIMUM", "MAXIMUM") else near(rng, source, -0.3, 0.3)
    if code != "SUB" and rng.random() < 0.4:
        slices = (Constant(np.zeros(4, np.int32)), Constant(np.array([1, 1, 1, -1], np.int32)))
        first = plain("SLICE", (1, 1, 1, shape[3]), source, constants=slices)
        layers = [first]
        if other != source:
            layers.append(plain("QUANTIZE", (1, 1, 1, shape[3]), other))
    else:
        layers = [plain("RELU", shape, other)]
    last = len(layers) - 1
    return [*layers, plain(code, shape, output, others=(last,), **{"source": -1, **more})]


def max_pool(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """Windows up to the whole input."""
    size = [int(rng.integers(1, side + 1)) for side in shape[1:3]]
    stride = [int(one) for one in rng.integers(1, 4, 2)]
    fields = {
        "Padding": 0,
        "StrideH": stride[0],
        "StrideW": stride[1],
        "FilterHeight": size[0],
        "FilterWidth": size[1],
        "FusedActivationFunction": int(rng.choice([0, 1, 3])),
    }
    to = (1, -(-shape[1] // stride[0]), -(-shape[2] // stride[1]), shape[3])
    return [plain("MAX_POOL_2D", to, source, options=("Pool2DOptions", fields))]


def _int32(*values: int) -> Constant:
    return Constant(np.array(values, np.int32))


def movement(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """TRANSPOSE, SLICE, STRIDED_SLICE, SPLIT or CONCATENATION."""
    return [_transpose, _slice, _strided_slice, _split, _concatenation][int(rng.integers(5))](
        rng, shape, source
    )


def _transpose(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    axes = [0, *(int(axis) for axis in rng.permutation([1, 2, 3]))]
    to = tuple(shape[axis] for axis in axes)
    options = ("TransposeOptions", {})
    return [plain("TRANSPOSE", to, source, constants=(_int32(*axes),), options=options)]


def _ranges(rng: Rng, shape: Shape) -> tuple[list[int], list[int]]:
    begins = [0, *(int(rng.integers(size)) for size in shape[1:])]
    ends = [1, *(int(rng.integers(b + 1, s + 1)) for b, s in zip(begins[1:], shape[1:],
                                                                strict=True))]  # fmt: skip
    return begins, ends


def _slice(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    begins, ends = _ranges(rng, shape)
    sizes = [end - begin for begin, end in zip(begins, ends, strict=True)]
    constants = (_int32(*begins), _int32(*sizes))
    return [plain("SLICE", tuple(sizes), source, constants=constants)]


def _strided_slice(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    begins, ends = _ranges(rng, shape)
    steps = [1, *(int(step) for step in rng.integers(1, 4, 3))]
    to = tuple(len(range(*one)) for one in zip(begins, ends, steps, strict=True))
    constants = tuple(_int32(*one) for one in (begins, ends, steps))
    options = ("StridedSliceOptions", {})
    return [plain("STRIDED_SLICE", to, source, constants=constants, options=options)]


def _split(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    axis = int(rng.integers(1, 4))
    count = int(rng.choice([n for n in range(1, 5) if shape[axis] % n == 0]))
    to = (*shape[:axis], shape[axis] // count, *shape[axis + 1 :])
    options = ("SplitOptions", {"NumSplits": count})
    return [
        plain(
            "SPLIT",
            to,
            source,
            constants=(_int32(axis),),
            constants_first=True,
            options=options,
            parts=(to,) * (count - 1),
        )
    ]


def _concatenation(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    axis = int(rng.integers(1, 4))
    count = int(rng.integers(2, 5))
    first = plain("RELU", shape, source)
    to = (*shape[:axis], shape[axis] * count, *shape[axis + 1 :])
    others = tuple(int(rng.integers(-1, 1)) for _ in range(count - 1))
    options = ("ConcatenationOptions", {"Axis": axis})
    return [first, plain("CONCATENATION", to, source, others=others, options=options)]


def resize(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """To any size, by each way to map pixels."""
    size = [int(side) for side in rng.integers(1, 14, 2)]
    corners, centres = [(False, False), (True, False), (False, True)][int(rng.integers(3))]
    nearest = bool(rng.random() < 0.5)
    name = "ResizeNearestNeighborOptions" if nearest else "ResizeBilinearOptions"
    code = "RESIZE_NEAREST_NEIGHBOR" if nearest else "RESIZE_BILINEAR"
    options = (name, {"AlignCorners": corners, "HalfPixelCenters": centres})
    to = (1, *size, shape[3])
    return [plain(code, to, source, constants=(_int32(*size),), options=options, version=3)]


def mean_axes(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """Over dimensions other than height and width together."""
    axes = [[1], [2], [3], [2, 3], [1, 2, 3]][int(rng.integers(5))]
    keep = bool(rng.random() < 0.5)
    to = tuple(
        1 if axis in axes else size for axis, size in enumerate(shape) if keep or axis not in axes
    )
    options = ("ReducerOptions", {"KeepDims": keep})
    return [
        plain("MEAN", to, near(rng, source, -0.5, 0.2), constants=(_int32(*axes),), options=options)
    ]


def _weights(rng: Rng, *shape: int) -> np.ndarray:
    return rng.integers(-127, 128, shape).astype(np.int8)


def _weighted(rng: Rng, source: Quantisation, terms: int, channels: int) -> dict:
    scale = float(np.float32(10 ** rng.uniform(-3, -1.5)))
    typical = source.scale * scale * 60 * 70 * np.sqrt(terms)
    output = near(rng, Quantisation(typical * 0.05, 0))
    return {
        "weight_scale": scale,
        "bias": rng.integers(-5000, 5000, channels).astype(np.int32),
        "output": output,
    }


def unsigned(rng: Rng, shape: Shape, source: Quantisation) -> list[Layer]:
    """An operator of a model of uint8: weights with a zero point, halves rounded up."""
    match int(rng.integers(4)):
        case 0:
            kernel, channels = int(rng.choice([1, 3])), int(rng.integers(1, 24))
            terms = kernel * kernel * shape[3]
            weights = _weights(rng, channels, kernel, kernel, shape[3])
            return [Conv2D(weights=weights, **_weighted(rng, source, terms, channels))]
        case 1:
            weights = _weights(rng, 1, 3, 3, shape[3])
            return [DepthwiseConv2D(weights=weights, **_weighted(rng, source, 9, shape[3]))]
        case 2:
            terms, channels = prod(shape), int(rng.integers(1, 24))
            weights = _weights(rng, channels, terms)
            return [FullyConnected(weights=weights, **_weighted(rng, source, terms, channels))]
        case _:
            size = (int(rng.integers(1, shape[1] + 1)), int(rng.integers(1, shape[2] + 1)))
            return [AveragePool2D(size=size, output=source)]


ONLY_LITERT = ("bounded_relu", "unsigned")
"""Kinds that TFLite Micro does not compute: RELU6 to another scale, RELU_N1_TO_1, uint8."""

MAKERS: dict[str, Callable[[Rng, Shape, Quantisation], list[Layer]]] = {
    "quantize": quantize,
    "bounded_relu": bounded_relu,
    "leaky_relu": leaky_relu,
    "prelu": prelu,
    "logistic": logistic,
    "tanh": tanh,
    "hard_swish": hard_swish,
    "with_constant": with_constant,
    "two": two,
    "max_pool": max_pool,
    "movement": movement,
    "resize": resize,
    "mean_axes": mean_axes,
    "unsigned": unsigned,
    "relu": relu,
}
"""Kind -> a chain of layers that exercises it."""
