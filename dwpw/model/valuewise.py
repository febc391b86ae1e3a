"""Readers of operators that work value by value: each becomes a table of outputs.

An operator with a constant of one value, or of one value for each channel, is of this kind too.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite

import numpy as np

from dwpw import values
from dwpw.model.context import OperatorContext, short_name
from dwpw.model.graph import Operator, Tensor
from dwpw.quant import activation_range, add_output_factor
from dwpw.values import Quantised

MAX_TABLES = 256
"""Tables of one operator: 64 KB."""

MAX_FACTOR = 2.0**30
"""From input to output: above, TFLite's shifts leave 32 bits."""

RECTIFIERS = {"RELU": (0.0, inf), "RELU6": (0.0, 6.0), "RELU_N1_TO_1": (-1.0, 1.0),
              "RELU_0_TO_1": (0.0, 1.0)}  # fmt: skip
"""Kind -> real bounds."""


def quantisation(tensor: Tensor) -> Quantised:
    """Of a tensor quantised as a whole."""
    return Quantised(tensor.scale, tensor.zero_point)


def require_same_shape(context: OperatorContext, source: Tensor, output: Tensor) -> None:
    """Value by value, none may be left over."""
    context.require(
        source.shape == output.shape,
        f"output has the shape {list(output.shape)}, the input {list(source.shape)}",
    )


def require_factor(context: OperatorContext, factor: float) -> None:
    """TFLite's fixed point must be able to hold it."""
    context.require(
        isfinite(factor) and factor < MAX_FACTOR,
        f"scales of inputs and output give the factor {factor:.3g}, which is too large",
    )


def _ratio(source: Tensor, output: Tensor) -> float:
    return float(source.scale) / float(output.scale)


def tabled(
    context: OperatorContext, source: Tensor, output: Tensor, tables: np.ndarray
) -> Operator:
    """The operator with its tables, int8 [256] or [channels, 256]."""
    return context.operator(
        source,
        output,
        values=np.ascontiguousarray(tables.reshape(-1, 256)),
    )


def _one_to_one(context: OperatorContext, inputs: int = 1) -> tuple[Tensor, Tensor]:
    context.inputs_between(inputs, inputs)
    source, output = context.input(), context.output()
    require_same_shape(context, source, output)
    return source, output


def read_quantize(context: OperatorContext) -> Operator:
    """QUANTIZE between two int8 (or uint8) tensors; from float32 it is an edge."""
    source, output = _one_to_one(context)
    if (source.scale, source.zero_point) == (output.scale, output.zero_point):
        return context.operator(source, output, same_bytes=True)
    require_factor(context, _ratio(source, output))
    return tabled(
        context, source, output, values.requantised(quantisation(source), quantisation(output))
    )


def read_rectifier(context: OperatorContext) -> Operator:
    """RELU and its like as operators of their own."""
    source, output = _one_to_one(context)
    require_factor(context, _ratio(source, output))
    bounds = RECTIFIERS[context.raw.kind]
    return tabled(
        context,
        source,
        output,
        values.rectified(quantisation(source), quantisation(output), *bounds),
    )


def read_leaky_relu(context: OperatorContext) -> Operator:
    """LEAKY_RELU."""
    source, output = _one_to_one(context)
    alpha = context.option("Alpha")
    context.require(isfinite(alpha) and alpha >= 0, f"has the impossible slope {alpha}")
    require_factor(context, _ratio(source, output) * max(1.0, alpha))
    return tabled(
        context,
        source,
        output,
        values.leaky_relu(quantisation(source), quantisation(output), alpha),
    )


def read_prelu(context: OperatorContext) -> Operator:
    """PRELU with a constant slope for each channel."""
    context.inputs_between(2, 2)
    source, output = context.input(), context.output()
    require_same_shape(context, source, output)
    alpha = constant_operand(context, 1)
    require_factor(context, _ratio(source, output) * max(1.0, float(alpha.scale) * 128))
    slopes = _by_channel(context, alpha, source)
    tables = [
        values.prelu(quantisation(source), quantisation(alpha), quantisation(output), slope)
        for slope in slopes
    ]
    return tabled(context, source, output, np.stack(tables))


def read_logistic(context: OperatorContext) -> Operator:
    """LOGISTIC; TFLite fixes the output's quantisation."""
    source, output = _one_to_one(context)
    _require_sigmoid(context, source)
    _require_output(context, output, 1 / 256, -128)
    return tabled(context, source, output, values.logistic(quantisation(source)))


def read_tanh(context: OperatorContext) -> Operator:
    """TANH; TFLite fixes the output's quantisation."""
    source, output = _one_to_one(context)
    _require_sigmoid(context, source)
    _require_output(context, output, 1 / 128, 0)
    return tabled(context, source, output, values.tanh(quantisation(source)))


def _require_sigmoid(context: OperatorContext, source: Tensor) -> None:
    context.require(
        values.sigmoid_factor(quantisation(source)) >= 0.5,
        f"input scale {source.scale:.9g} is too small for TFLite's fixed-point arithmetic",
    )


def read_hard_swish(context: OperatorContext) -> Operator:
    """HARD_SWISH."""
    source, output = _one_to_one(context)
    context.require(
        _ratio(source, output) <= 128,
        f"output scale {output.scale:.9g} is too small for TFLite's fixed-point arithmetic",
    )
    context.require(
        min(_ratio(source, output), float(source.scale) * 32768 / 3) / 128 >= 2.0**-15,
        f"input scale {source.scale:.9g} is too small for TFLite's 16 bits",
    )
    return tabled(
        context, source, output, values.hard_swish(quantisation(source), quantisation(output))
    )


def _require_output(context: OperatorContext, output: Tensor, scale: float, zero: int) -> None:
    context.require(
        abs(float(output.scale) - scale) <= 0.001 * scale and output.zero_point == zero,
        f"output has scale {output.scale:.9g} and zero point {output.zero_point},"
        f" TFLite wants 1/{round(1 / scale)} and {zero}",
    )


def constant_operand(context: OperatorContext, position: int) -> Tensor:
    """An int8 constant quantised as a whole."""
    tensor = context.constant(position, "operand", ("int8",))
    context.require(
        len(tensor.scales) == 1 and len(tensor.zero_points) == 1 and tensor.scale > 0,
        f"operand '{short_name(tensor.name)}' must be quantised as a whole",
    )
    return tensor


def _by_channel(context: OperatorContext, constant: Tensor, source: Tensor) -> list[int]:
    """The constant's value for all channels, or for each."""
    channels = source.shape[-1]
    flat = constant.data.reshape(-1)
    context.require(
        flat.size == 1 or (flat.size == channels == constant.shape[-1]),
        f"operand of the shape {list(constant.shape)} is supported only as one value, or one"
        f" for each of {channels} channels",
    )
    context.require(
        flat.size <= MAX_TABLES, f"operand has {flat.size} values, supported are {MAX_TABLES}"
    )
    return [int(value) for value in flat]


def with_constant(context: OperatorContext, position: int) -> Operator:
    """ADD, SUB, MUL, MINIMUM and MAXIMUM of an activation and a constant, input `position`."""
    constant = constant_operand(context, position)
    source, output = context.input(1 - position), context.output()
    require_same_shape(context, source, output)
    one = _CONSTANT_TABLES[context.raw.kind]
    tables = [
        one(context, source, constant, output, value, position)
        for value in _by_channel(context, constant, source)
    ]
    return tabled(context, source, output, np.stack(tables))


def clamped(context: OperatorContext, found: np.ndarray, output: Tensor) -> np.ndarray:
    """By the fused activation."""
    bounds = activation_range(context.activation_function(), output.scale, output.zero_point)
    return np.clip(found, *bounds).astype(np.int8)


def require_sum(context: OperatorContext, first: Tensor, second: Tensor, output: Tensor) -> None:
    """ADD and SUB need a factor below 1."""
    factor = add_output_factor(first.scale, second.scale, output.scale)
    context.require(
        factor < 1,
        f"output scale {output.scale:.9g} is too small for TFLite's fixed-point arithmetic",
    )


def _sum(context, source, constant, output, value, position) -> np.ndarray:
    require_sum(context, source, constant, output)
    signs = (1, 1)
    if context.raw.kind == "SUB":
        signs = (1, -1) if position == 1 else (-1, 1)
    found = values.added(
        quantisation(source), quantisation(constant), quantisation(output), value, signs
    )
    return clamped(context, found, output)


def require_product(context: OperatorContext, first: Tensor, second: Tensor, output: Tensor):
    """MUL's factor must leave room for a shift."""
    require_factor(context, float(first.scale) * float(second.scale) / float(output.scale))


def _product(context, source, constant, output, value, position) -> np.ndarray:
    require_product(context, source, constant, output)
    found = values.multiplied(
        quantisation(source), quantisation(constant), quantisation(output), value
    )
    return clamped(context, found, output)


def require_one_quantisation(context: OperatorContext, *tensors: Tensor) -> None:
    """What only chooses among values cannot rescale them."""
    kinds = {(float(one.scale), one.zero_point) for one in tensors}
    context.require(
        len(kinds) == 1, "inputs and output differ in scale or zero point; TFLite wants them equal"
    )


def _extremum(context, source, constant, output, value, position) -> np.ndarray:
    require_one_quantisation(context, source, constant, output)
    choose = np.minimum if context.raw.kind == "MINIMUM" else np.maximum
    return values.table(choose(values.VALUES, value))


_CONSTANT_TABLES: dict[str, Callable[..., np.ndarray]] = {
    "ADD": _sum,
    "SUB": _sum,
    "MUL": _product,
    "MINIMUM": _extremum,
    "MAXIMUM": _extremum,
}
