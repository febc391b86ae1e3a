"""Weights of uint8 for kernels of set `simd`: the unit subtracts their zero point itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from dwpw.kernels.packing import LoweredOperator, PackedConstants

NARROW = {"CONV_WIDE": "CONV_2D", "DEPTHWISE_WIDE": "DEPTHWISE_CONV_2D"}
"""Kinds with wide weights -> what else they are."""


def as_narrow(op: LoweredOperator) -> LoweredOperator:
    """The operator as predicates, packers and work models know it; wide weights stay int16."""
    return replace(op, kind=NARROW[op.kind]) if op.kind in NARROW else op


def stored(op: LoweredOperator, constants: PackedConstants) -> PackedConstants:
    """Wide weights, and zeros that fill up entries, as the int8 that the unit makes them from."""
    if op.kind not in NARROW:
        return constants
    weights = constants.weights.astype(np.int16) + op.weight_zero_point
    overrides = {**constants.overrides, "weight_zero_point": op.weight_zero_point}
    return replace(constants, weights=weights.astype(np.int8), overrides=overrides)


def for_wide_too(
    accepts: Callable[[LoweredOperator], bool],
    pack: Callable[[LoweredOperator], PackedConstants],
    work: Callable[..., Any],
) -> tuple[Callable, Callable, Callable]:
    """The functions of a rule, for operators with wide weights as well."""
    return (
        lambda op: accepts(as_narrow(op)),
        lambda op: stored(op, pack(as_narrow(op))),
        lambda op, constants: work(as_narrow(op), constants),
    )
