"""Weights, scales and biases of one operator."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dwpw.make.blueprint import Node, Quantisation

ENOUGH = 128
"""Outputs of a channel that tell its mean and deviation; with fewer the whole layer's are taken."""

HALF_WEIGHT = 63
"""Weights are sums of two uniform integers of this size: bell-shaped, as trained ones are."""


@dataclass(frozen=True)
class Constants:
    """Of an operator with weights: int8 in TFLite's layout, a scale per output channel or one for
    all, int32 biases."""

    weights: np.ndarray = field(repr=False)
    scales: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Statistics:
    """Of an operator's sums, each [channels]; float64, least and most int32."""

    mean: np.ndarray
    deviation: np.ndarray
    least: np.ndarray
    most: np.ndarray


def draw_weights(node: Node, rng: np.random.Generator) -> np.ndarray:
    """int8 in TFLite's layout, in -126..126."""
    total = rng.integers(-HALF_WEIGHT, HALF_WEIGHT + 1, node.weights, np.int8)
    return total + rng.integers(-HALF_WEIGHT, HALF_WEIGHT + 1, node.weights, np.int8)


def statistics_of(sums: np.ndarray) -> Statistics:
    """Mean and deviation of each channel, or of the layer where a channel has too few outputs.

    A layer's mean is taken as 0: with few outputs the channels' means are what tells them apart.
    """
    channels = sums.shape[-1]
    rows = sums.reshape(-1, channels)
    least, most = rows.min(axis=0), rows.max(axis=0)
    if len(rows) < ENOUGH:
        whole = max(float(rows.std(dtype=np.float64)), 1.0)
        return Statistics(np.zeros(channels), np.full(channels, whole), least, most)
    total, squares = np.zeros(channels), np.zeros(channels)
    for image in sums:
        real = image.reshape(-1, channels).astype(np.float64)
        total += real.sum(axis=0)
        squares += np.einsum("rc,rc->c", real, real)
    mean = total / len(rows)
    # A channel without any deviation gets one of a step: its scale must be finite.
    deviation = np.sqrt(np.maximum(squares / len(rows) - mean**2, 1.0))
    return Statistics(mean, deviation, least, most)


def choose_constants(
    node: Node,
    weights: np.ndarray,
    statistics: Statistics,
    source_scale: float,
    rng: np.random.Generator,
    like: Quantisation | None,
) -> Constants:
    """Scales that give the wanted deviation, half as much or half more, and biases that give means
    within half a deviation of 0.

    One scale for all channels of FULLY_CONNECTED, as the converter has it by default; with an
    output per channel and input its deviation is the layer's (`statistics_of`).
    """
    channels = node.bias
    per_tensor = node.kind == "FULLY_CONNECTED"
    spread, means = rng.random(channels), rng.random(channels)
    gain = np.full(channels, node.gain) if per_tensor else node.gain * (0.5 + spread)
    offset = node.gain * (means - 0.5) + node.shift
    unit = gain / statistics.deviation  # what a sum's step is worth
    if like is not None:
        factor = _fitting(node, statistics, unit, offset, like)
        unit, offset = unit * factor, offset * factor
    scales = (unit / source_scale).astype(np.float32)
    limits = np.iinfo(np.int32)
    bias = np.clip(np.rint(offset / unit - statistics.mean), limits.min, limits.max)
    return Constants(weights, scales[:1] if per_tensor else scales, bias.astype(np.int32))


def _fitting(
    node: Node, statistics: Statistics, unit: np.ndarray, offset: np.ndarray, like: Quantisation
) -> float:
    """The factor by which a layer behind RELU fills the range of another one."""
    assert node.activation == "RELU"
    largest = float(((statistics.most - statistics.mean) * unit + offset).max())
    return like.scale * (127 - like.zero_point) / largest if largest > 0 else 1.0
