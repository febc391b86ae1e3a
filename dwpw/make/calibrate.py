"""Random weights, and the scales that keep a network of them lively.

Layer by layer the network runs on a batch of seeded inputs.  Weights are drawn as integers; the
scale of each output channel then brings the channel to a wanted deviation and the bias to a wanted
mean, as batch normalisation has done in a trained network.  The output's scale follows from the
range that was seen, as the TFLite converter takes it from a representative data set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

import numpy as np

from dwpw.make.arithmetic import accumulate, hard_swish, pool
from dwpw.make.blueprint import KEEPS_QUANTISATION, Blueprint, Node, Quantisation
from dwpw.make.constants import ENOUGH, Constants, choose_constants, draw_weights, statistics_of
from dwpw.make.samples import CALIBRATION, samples

SOFTMAX_OUTPUT = Quantisation(1 / 256, -128)
"""TFLite fixes it."""

MARGIN = 1.25
"""By how much the range of a layer with few outputs is widened."""


@dataclass(frozen=True)
class Liveliness:
    """A layer's outputs on inputs that it was not calibrated for.

    clamped: share that int8 or RELU6 cut off at the end of the range; RELU's zeros do not count.
    levels: how many of the 256 values occur.
    commonest: share of the commonest value.
    """

    clamped: float
    levels: int
    commonest: float


@dataclass(frozen=True)
class Calibrated:
    """A blueprint with everything that its file says.

    tensors: quantisation of each tensor, by number; constants: by position of the node.
    liveliness: of each node.
    """

    blueprint: Blueprint
    tensors: tuple[Quantisation, ...]
    constants: dict[int, Constants] = field(repr=False)
    liveliness: tuple[Liveliness, ...] = field(repr=False)

    @property
    def clamped(self) -> float:
        """Share of all outputs of all layers."""
        sizes = [prod(node.shape) for node in self.blueprint.nodes]
        parts = zip(sizes, self.liveliness, strict=True)
        return sum(size * alive.clamped for size, alive in parts) / sum(sizes)

    @property
    def most_clamped(self) -> tuple[Node, Liveliness]:
        """The layer with the largest share."""
        pairs = zip(self.blueprint.nodes, self.liveliness, strict=True)
        return max(pairs, key=lambda pair: pair[1].clamped)


def calibrate(blueprint: Blueprint, seed: int) -> Calibrated:
    """Draw the weights of `seed` and run the network once."""
    values = {0: samples(blueprint.input_shape, seed)}
    tensors = [blueprint.input]
    constants: dict[int, Constants] = {}
    liveliness: list[Liveliness] = []
    last_use = {
        source: place for place, node in enumerate(blueprint.nodes) for source in node.inputs
    }
    for place, node in enumerate(blueprint.nodes):
        sources = [values[tensor] for tensor in node.inputs]
        given = [tensors[tensor] for tensor in node.inputs]
        like = None if node.like is None else tensors[node.like]
        if node.weights:
            rng = np.random.default_rng([seed, place])
            constants[place], ran = _run_weighted(node, sources[0], given[0], rng, like)
        else:
            ran = _run_plain(node, sources, given)
        values[place + 1] = ran.stored
        tensors.append(ran.quantisation)
        liveliness.append(_liveliness(ran))
        for tensor in node.inputs:
            if last_use[tensor] == place:
                values.pop(tensor, None)
    return Calibrated(blueprint, tuple(tensors), constants, tuple(liveliness))


@dataclass(frozen=True)
class _Ran:
    """An operator's outputs, int8, and how many values of the check were clamped."""

    stored: np.ndarray
    quantisation: Quantisation
    clamped: int


def _run_weighted(
    node: Node,
    source: np.ndarray,
    given: Quantisation,
    rng: np.random.Generator,
    like: Quantisation | None,
) -> tuple[Constants, _Ran]:
    weights = draw_weights(node, rng)
    sums = accumulate(node, source, given.zero_point, weights)
    statistics = statistics_of(sums[:CALIBRATION])
    constants = choose_constants(node, weights, statistics, given.scale, rng, like)
    unit = constants.scales.astype(np.float64) * given.scale
    extremes = [(each + constants.bias) * unit for each in (statistics.least, statistics.most)]
    seen = float(np.min(extremes)), float(np.max(extremes))
    quantisation = like or _quantisation(node, *seen)
    stored, clamped = np.empty(sums.shape, np.int8), 0
    for number, image in enumerate(sums):
        real = (image + constants.bias) * unit
        stored[number], cut = _store(node, real, quantisation)
        clamped += cut if number >= CALIBRATION else 0
    return constants, _Ran(stored, quantisation, clamped)


def _run_plain(node: Node, sources: list[np.ndarray], given: list[Quantisation]) -> _Ran:
    if node.kind in KEEPS_QUANTISATION:
        return _Ran(_moved(node, sources), given[0], 0)
    real = _real(node, sources, given)
    known = real[:CALIBRATION]
    quantisation = (
        SOFTMAX_OUTPUT
        if node.kind == "SOFTMAX"
        else _quantisation(node, float(known.min()), float(known.max()))
    )
    stored, _ = _store(node, known, quantisation)
    checked, clamped = _store(node, real[CALIBRATION:], quantisation)
    return _Ran(np.concatenate([stored, checked]), quantisation, clamped)


def _moved(node: Node, sources: list[np.ndarray]) -> np.ndarray:
    if node.kind == "CONCATENATION":
        return np.concatenate(sources, axis=-1)
    if node.kind == "RESHAPE":
        return sources[0].reshape(len(sources[0]), *node.shape[1:])
    return pool(node, sources[0])


def _real(node: Node, sources: list[np.ndarray], given: list[Quantisation]) -> np.ndarray:
    """What an operator without weights gives, in real numbers."""
    first, *others = (
        (stored.astype(np.float64) - quantisation.zero_point) * quantisation.scale
        for stored, quantisation in zip(sources, given, strict=True)
    )
    match node.kind:
        case "ADD":
            return first + others[0]
        case "MUL":
            return first * (others[0] if others else node.factor)
        case "HARD_SWISH":
            return hard_swish(first)
        case "MEAN":
            return first.mean(axis=(1, 2)).reshape(len(first), *node.shape[1:])
        case "SOFTMAX":
            powers = np.exp(first - first.max(axis=-1, keepdims=True))
            return powers / powers.sum(axis=-1, keepdims=True)
    raise TypeError(f"no arithmetic for {node.kind}")


def _limits(node: Node) -> tuple[float, float]:
    low = -np.inf if node.activation == "NONE" else 0.0
    return low, 6.0 if node.activation == "RELU6" else np.inf


def _quantisation(node: Node, least: float, most: float) -> Quantisation:
    """Scale and zero point from the range that was seen; 0 is always representable.

    A range of few outputs is widened: those of other inputs will often lie outside.
    """
    low_limit, high_limit = _limits(node)
    widened = MARGIN if prod(node.shape[:-1]) * CALIBRATION < ENOUGH else 1.0
    low = min(max(least * widened, low_limit), 0.0)
    high = max(min(most * widened, high_limit), 0.0)
    scale = float(np.float32((high - low) / 255)) or 1.0
    return Quantisation(scale, int(np.clip(np.rint(-128 - low / scale), -128, 127)))


def _store(node: Node, real: np.ndarray, quantisation: Quantisation) -> tuple[np.ndarray, int]:
    """The int8 outputs, and how many the end of the range has cut off."""
    low, high = _limits(node)
    zero = quantisation.zero_point
    steps = real / quantisation.scale
    np.rint(steps, out=steps)
    steps += zero
    highest = min(127.0, float(np.rint(high / quantisation.scale)) + zero)
    clamped = np.count_nonzero(steps > highest)
    if low != 0:
        clamped += np.count_nonzero(steps < -128)
    return np.clip(steps, max(-128, zero) if low == 0 else -128, highest).astype(np.int8), clamped


def _liveliness(ran: _Ran) -> Liveliness:
    checked = ran.stored[CALIBRATION:]
    counts = np.bincount(checked.reshape(-1).astype(np.int16) + 128, minlength=256)
    return Liveliness(
        clamped=ran.clamped / checked.size,
        levels=int(np.count_nonzero(counts)),
        commonest=float(counts.max() / checked.size),
    )
