"""Readers of operators on two operands: ADD, SUB, MUL, MINIMUM and MAXIMUM."""

from __future__ import annotations

from math import prod

from dwpw.model.context import OperatorContext
from dwpw.model.graph import Operator, Tensor
from dwpw.model.valuewise import (
    require_one_quantisation,
    require_product,
    require_sum,
    with_constant,
)


def read_pair(context: OperatorContext) -> Operator:
    """Two activations of one shape, an activation and one value for each channel, or a constant."""
    context.inputs_between(2, 2)
    for position in range(2):
        number = context.number_at(context.raw.inputs, position)
        if context.model.tensors[number].content is not None:
            return with_constant(context, position)
    first, second = context.input(0), context.input(1)
    output = context.output()
    kind = context.raw.kind
    if kind in SWAPPABLE and first.elements < second.elements:
        first, second = second, first
    _require_shapes(context, first, second, output)
    if kind in ("ADD", "SUB"):
        require_sum(context, first, second, output)
    elif kind == "MUL":
        require_product(context, first, second, output)
    else:
        require_one_quantisation(context, first, second, output)
    return context.operator(
        first,
        output,
        input2=second.index,
        activation="NONE" if kind in EXTREMA else context.activation_function(),
    )


EXTREMA = ("MINIMUM", "MAXIMUM")
SWAPPABLE = ("MUL", *EXTREMA)
"""Kinds with a kernel that repeats the second operand for every pixel."""


def _require_shapes(
    context: OperatorContext, first: Tensor, second: Tensor, output: Tensor
) -> None:
    channels = first.shape[-1]
    by_channel = second.shape[-1] == channels and prod(second.shape) == channels
    context.require(
        first.shape == second.shape or (by_channel and context.raw.kind in SWAPPABLE),
        f"works on {list(first.shape)} and {list(second.shape)}; supported are equal shapes"
        + (" and one value for each channel" if context.raw.kind in SWAPPABLE else ""),
    )
    context.require(
        output.shape == first.shape,
        f"output has the shape {list(output.shape)}, the inputs {list(first.shape)}",
    )
