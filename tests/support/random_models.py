"""Random int8 models for property tests: one layer of a kind, or a small MobileNet-like chain.

Scales are drawn so that outputs neither saturate all over nor vanish; now and then an output
scale is so small that the multiplier exceeds 1 and its shift becomes positive.
"""

from __future__ import annotations

import numpy as np

from tests.support.random_operators import MAKERS
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Layer,
    Mean,
    Pad,
    Quantisation,
    Reshape,
    Shape,
    Softmax,
)

EDGE_ZERO_POINTS = (-128, 127, 0)
ACTIVATIONS = ("NONE", "RELU", "RELU6")
KINDS = (
    "conv",
    "conv_pointwise",
    "depthwise",
    "depthwise_3x3",
    "fully_connected",
    "average_pool",
    "mean",
    "add",
    "pad",
    "reshape",
    "softmax",
    "softmax_wide",
    *MAKERS,
    "padded",
    "tables",
    "mean_of_many",
    "conv_of_many",
)
"""What `random_layers` makes."""


def random_quantisation(rng: np.random.Generator, scale: float | None = None) -> Quantisation:
    """Zero points at the edges as often as anywhere between."""
    edge = rng.random() < 0.5
    zero_point = rng.choice(EDGE_ZERO_POINTS) if edge else rng.integers(-128, 128)
    scale = 10 ** rng.uniform(-2.5, 0) if scale is None else scale
    return Quantisation(float(np.float32(scale)), int(zero_point))


def random_weights(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """int8; full range, or small, or nothing but extremes."""
    kind = rng.integers(4)
    if kind == 0:
        return rng.choice(np.array([-127, 127], np.int8), shape)
    spread = 128 if kind < 3 else 12
    return rng.integers(-spread + 1, spread, shape).astype(np.int8)


def _weighted(rng: np.random.Generator, source: Quantisation, terms: int, channels: int) -> dict:
    """Scales, bias and output quantisation of a layer that sums `terms` products."""
    per_channel = rng.random() < 0.8
    scales = 10 ** rng.uniform(-3, -1.5, channels if per_channel else 1)
    scales = scales.astype(np.float32)
    # The size that a sum of random products reaches.
    typical = source.scale * float(scales.mean()) * 60 * 70 * np.sqrt(terms)
    spread = 10 ** rng.uniform(-2.5, 0) if rng.random() < 0.7 else 10 ** rng.uniform(-5, -2)
    bias = rng.integers(-5000, 5000, channels).astype(np.int32)
    return {
        "weight_scale": tuple(float(s) for s in scales) if per_channel else float(scales[0]),
        "bias": bias,
        "output": random_quantisation(rng, typical * spread),
    }


def _window(rng: np.random.Generator, shape: Shape, kernel: tuple[int, int]) -> dict:
    """Stride and padding; VALID only where the window fits."""
    fits = shape[1] >= kernel[0] and shape[2] >= kernel[1]
    return {
        "stride": (int(rng.integers(1, 4)), int(rng.integers(1, 4))),
        "padding": str(rng.choice(["SAME", "VALID"])) if fits else "SAME",
        "activation": str(rng.choice(ACTIVATIONS)),
    }


def _dilation(rng: np.random.Generator, window: dict, shape: Shape, kernel) -> tuple[int, int]:
    """Mostly none; TFLite wants stride 1 beside a dilation."""
    if rng.random() < 0.8:
        return (1, 1)
    dilation = (int(rng.integers(1, 4)), int(rng.integers(1, 4)))
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    window["stride"] = (1, 1)
    if reach[0] > shape[1] or reach[1] > shape[2]:
        window["padding"] = "SAME"
    return dilation


def random_conv(
    rng: np.random.Generator,
    shape: Shape,
    source: Quantisation,
    pointwise: bool = False,
    channels: int | None = None,
) -> Conv2D:
    """Any kernel up to 5x5, also larger than the input; any output channels if none are given."""
    kernel = (1, 1) if pointwise else tuple(int(k) for k in rng.integers(1, 6, 2))
    channels = channels or int(rng.integers(1, 24))
    window = _window(rng, shape, kernel)
    dilation = (1, 1) if pointwise else _dilation(rng, window, shape, kernel)
    if pointwise and rng.random() < 0.8:
        window["stride"] = (1, 1)
    rest = _weighted(rng, source, kernel[0] * kernel[1] * shape[3], channels)
    weights = random_weights(rng, (channels, *kernel, shape[3]))
    return Conv2D(weights=weights, dilation=dilation, **window, **rest)


def random_depthwise(
    rng: np.random.Generator, shape: Shape, source: Quantisation, three: bool = False
) -> DepthwiseConv2D:
    """3x3 when `three`, else any kernel up to 5x5 and depth multiplier up to 3."""
    kernel = (3, 3) if three else tuple(int(k) for k in rng.integers(1, 6, 2))
    multiplier = 1 if three else int(rng.integers(1, 4))
    window = _window(rng, shape, kernel)
    stride = int(rng.integers(1, 3))
    window["stride"] = (stride, stride)  # TFLite knows no other for depthwise
    dilation = (1, 1) if three else _dilation(rng, window, shape, kernel)
    channels = shape[3] * multiplier
    rest = _weighted(rng, source, kernel[0] * kernel[1], channels)
    return DepthwiseConv2D(
        weights=random_weights(rng, (1, *kernel, channels)),
        dilation=dilation,
        depth_multiplier=multiplier,
        **window,
        **rest,
    )


def random_fully_connected(
    rng: np.random.Generator, shape: Shape, source: Quantisation
) -> FullyConnected:
    """From the flattened input."""
    terms, channels = int(np.prod(shape)), int(rng.integers(1, 40))
    rest = _weighted(rng, source, terms, channels)
    if rng.random() < 0.2:
        rest["bias"] = None
    weights = random_weights(rng, (channels, terms))
    return FullyConnected(weights=weights, activation=str(rng.choice(ACTIVATIONS)), **rest)


def random_average_pool(
    rng: np.random.Generator, shape: Shape, source: Quantisation
) -> AveragePool2D:
    """Windows up to the whole input and beyond."""
    size = (int(rng.integers(1, shape[1] + 2)), int(rng.integers(1, shape[2] + 2)))
    return AveragePool2D(size=size, output=source, **_window(rng, shape, size))


def random_add(rng: np.random.Generator, shape: Shape, source: Quantisation) -> list[Layer]:
    """The input and a depthwise layer of it, added."""
    other = random_depthwise(rng, shape, source, three=True)
    other = DepthwiseConv2D(
        **{**vars(other), "stride": (1, 1), "padding": "SAME"},
    )
    larger = max(source.scale, other.output.scale)
    output = random_quantisation(rng, larger * 10 ** rng.uniform(-1, 0.5))
    return [other, Add(other=-1, output=output, activation=str(rng.choice(ACTIVATIONS)))]


def random_padded(rng: np.random.Generator, shape: Shape, source: Quantisation) -> list[Layer]:
    """PAD of H and W and a convolution behind it, which pads as well or not."""
    sides = (tuple(int(p) for p in rng.integers(0, 3, 2)) for _ in range(2))
    pad = Pad(paddings=[(0, 0), *sides, (0, 0)], output=source)
    padded = pad.output_shape(shape)
    make = random_conv if rng.integers(2) else random_depthwise
    return [pad, make(rng, padded, source)]


def random_tables(rng: np.random.Generator, shape: Shape, source: Quantisation) -> list[Layer]:
    """Two operators that work value by value."""
    first = MAKERS["leaky_relu"](rng, shape, source)
    return [*first, *MAKERS["leaky_relu"](rng, shape, first[-1].output)]


def random_layers(
    rng: np.random.Generator, kind: str, shape: Shape, source: Quantisation
) -> list[Layer]:
    """A chain of one or two layers that exercises the operator `kind`."""
    match kind:
        case "conv":
            return [random_conv(rng, shape, source)]
        case "conv_of_many":
            return [random_conv(rng, shape, source, channels=int(rng.integers(1, 10)))]
        case "conv_pointwise":
            return [random_conv(rng, shape, source, pointwise=True)]
        case "depthwise":
            return [random_depthwise(rng, shape, source)]
        case "depthwise_3x3":
            return [random_depthwise(rng, shape, source, three=True)]
        case "fully_connected":
            return [random_fully_connected(rng, shape, source)]
        case "average_pool":
            return [random_average_pool(rng, shape, source)]
        case "mean" | "mean_of_many":
            return [Mean(keep_dims=bool(rng.integers(2)), output=random_quantisation(rng))]
        case "add":
            return random_add(rng, shape, source)
        case "pad":
            paddings = [(0, 0), *(tuple(int(p) for p in rng.integers(0, 4, 2)) for _ in range(3))]
            return [Pad(paddings=paddings, output=source)]
        case "padded":
            return random_padded(rng, shape, source)
        case "tables":
            return random_tables(rng, shape, source)
        case "reshape":
            return [Reshape(shape=(1, int(np.prod(shape))), output=source)]
        case "softmax" | "softmax_wide":
            return [Softmax(beta=float(rng.choice([1.0, 1.0, 0.5, 3.0])))]
    return MAKERS[kind](rng, shape, source)


def random_case(kind: str, seed: int, largest_side: int = 11) -> tuple[bytes, tuple[np.ndarray]]:
    """A model of that kind with up to 67 channels, and its input.

    A wide softmax has up to 511: no more, since TFLite dies of 512 equal logits.
    """
    rng = np.random.default_rng([KINDS.index(kind), seed])
    wide = kind == "softmax_wide"
    sides = (int(rng.integers(1, (2 if wide else largest_side) + 1)) for _ in range(2))
    shape = (1, *sides, int(rng.integers(1, 512 if wide else 68)))
    if kind == "mean_of_many":  # that do not lie in the D$ side by side
        shape = (1, *(int(side) for side in rng.integers(8, 12, 2)), 4 * int(rng.integers(17, 40)))
    if kind == "conv_of_many":  # most of its windows are wider than the unit's weight store
        shape = (1, *(int(side) for side in rng.integers(1, 6, 2)), 4 * int(rng.integers(64, 256)))
    source = random_quantisation(rng)
    layers = random_layers(rng, kind, shape, source)
    zero_point = int(rng.integers(-60, 60)) if kind == "unsigned" else None
    model = build_model(shape, source, layers, weight_zero_point=zero_point)
    return model, (rng.integers(-128, 128, shape).astype(np.int8),)
