"""Weights and biases: constants with their quantisation checked."""

from __future__ import annotations

import numpy as np

from dwpw.model.context import OperatorContext
from dwpw.model.graph import Tensor

MAX_RESCALING = 2.0**30
"""Above, TFLite's left shift exceeds the accumulator's width and its result is undefined."""


def read_weights(context: OperatorContext, rank: int, channel_dimension: int) -> Tensor:
    """Input 1: int8, symmetric, quantised as a whole or per output channel; or uint8 with one
    zero point."""
    weights = context.constant(1, "weights", ("int8",))
    context.require(
        len(weights.shape) == rank and min(weights.shape) >= 1,
        f"weights have the shape {list(weights.shape)}, wanted are {rank} dimensions",
    )
    scales, channels = weights.scales, weights.shape[channel_dimension]
    context.require(len(scales) > 0, "weights have no quantisation (scale)")
    context.require(
        len(scales) in (1, channels),
        f"weights have {len(scales)} scales for {channels} output channels",
    )
    context.require(
        len(scales) == 1 or weights.quantised_dimension == channel_dimension,
        f"weights are quantised along dimension {weights.quantised_dimension},"
        f" supported is {channel_dimension}",
    )
    context.require(
        bool(np.all(np.isfinite(scales) & (scales >= 0))), "weights have an impossible scale"
    )
    one_zero_point = weights.unsigned and len(scales) == 1 and len(weights.zero_points) == 1
    context.require(
        one_zero_point or not np.any(weights.zero_points),
        "weights have a zero point other than 0; convert with symmetric int8 weights",
    )
    return weights


def require_sane_rescaling(
    context: OperatorContext, source: Tensor, weights: Tensor, output: Tensor
) -> None:
    """The factor from accumulator to output must leave room for a shift within 32 bits."""
    factor = float(source.scale) * float(np.max(weights.scales)) / float(output.scale)
    require_sane_factor(context, factor, "input, weights and output")


def require_sane_factor(context: OperatorContext, factor: float, tensors: str) -> None:
    """The same for a factor that the scales of some tensors give."""
    context.require(
        factor < MAX_RESCALING,
        f"scales of {tensors} give the factor {factor:.3g}, which is too large",
    )


def read_bias(context: OperatorContext, channels: int) -> int | None:
    """Input 2, optional: int32, one per output channel. Gives its tensor number."""
    if not context.has_input(2):
        return None
    bias = context.constant(2, "bias", ("int32",))
    context.require(
        bias.elements == channels, f"bias has {bias.elements} values for {channels} output channels"
    )
    return bias.index
