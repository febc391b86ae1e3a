"""Readers of the operators without a window, and the table of all readers."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import numpy as np
import tflite

from dwpw.model.context import OperatorContext
from dwpw.model.graph import Operator, Tensor, Window
from dwpw.model.weights import (
    read_bias,
    read_weights,
    require_sane_factor,
    require_sane_rescaling,
)
from dwpw.model.windows import (
    read_average_pool_2d,
    read_conv_2d,
    read_depthwise_conv_2d,
    require_few_summed,
    require_same_quantisation,
)
from dwpw.quant import add_output_factor, softmax_factor

SOFTMAX_OUTPUT_SCALE = np.float32(1 / 256)
SOFTMAX_OUTPUT_ZERO_POINT = -128


def read_fully_connected(context: OperatorContext) -> Operator:
    """FULLY_CONNECTED, weights [out, in]; one row of inputs."""
    context.inputs_between(2, 3)
    source = context.input()
    weights = read_weights(context, rank=2, channel_dimension=0)
    outputs, inputs = weights.shape
    context.require(
        source.elements == inputs,
        f"weights take {inputs} values, the input has {source.elements}",
    )
    default = tflite.FullyConnectedOptionsWeightsFormat.DEFAULT
    context.require(
        context.option("WeightsFormat") == default, "shuffled weights are not supported"
    )
    output = context.output()
    context.require(
        output.elements == outputs,
        f"output has {output.elements} values, the weights give {outputs}",
    )
    require_sane_rescaling(context, source, weights, output)
    bias = read_bias(context, outputs)
    return Operator(
        index=context.index,
        kind="FULLY_CONNECTED",
        name=context.name,
        input=source.index,
        output=output.index,
        weights=weights.index,
        bias=bias,
        activation=context.activation_function(),
        macs=inputs * outputs,
        parameters=weights.elements + (0 if bias is None else outputs),
    )


def read_add(context: OperatorContext) -> Operator:
    """ADD of two activations of one shape."""
    context.inputs_between(2, 2)
    first, second = context.input(0), context.input(1)
    context.require(
        first.shape == second.shape,
        f"adds {list(first.shape)} and {list(second.shape)}; broadcasting is not supported",
    )
    output = context.output()
    context.require(
        output.shape == first.shape,
        f"output has the shape {list(output.shape)}, the inputs {list(first.shape)}",
    )
    factor = add_output_factor(first.scale, second.scale, output.scale)
    context.require(
        factor < 1,
        f"output scale {output.scale:.9g} is too small for TFLite's fixed-point arithmetic",
    )
    return Operator(
        index=context.index,
        kind="ADD",
        name=context.name,
        input=first.index,
        input2=second.index,
        output=output.index,
        activation=context.activation_function(),
    )


def read_mean(context: OperatorContext) -> Operator:
    """MEAN over height and width, dimensions kept or not."""
    context.inputs_between(2, 2)
    source = context.input()
    context.require(
        len(source.shape) == 4, f"input has {len(source.shape)} dimensions, wants 4 (NHWC)"
    )
    axes = context.constant(1, "axes", ("int32",)).data
    named = sorted({int(axis) + 4 if axis < 0 else int(axis) for axis in np.ravel(axes)})
    context.require(
        named == [1, 2], f"averages over the axes {named}; supported is 1 and 2 (height and width)"
    )
    channels = source.shape[3]
    expected = (1, 1, 1, channels) if context.option("KeepDims", False) else (1, channels)
    output = _output_of_shape(context, expected)
    require_sane_factor(context, float(source.scale) / float(output.scale), "input and output")
    require_few_summed(context, *source.hwc[:2])
    return Operator(
        index=context.index,
        kind="MEAN",
        name=context.name,
        input=source.index,
        output=output.index,
    )


def read_pad(context: OperatorContext) -> Operator:
    """PAD with the zero point, any dimension but the batch."""
    context.inputs_between(2, 2)
    source = context.input()
    context.require(
        len(source.shape) == 4, f"input has {len(source.shape)} dimensions, wants 4 (NHWC)"
    )
    amounts = context.constant(1, "paddings", ("int32", "int64"))
    context.require(
        amounts.shape == (4, 2), f"paddings have the shape {list(amounts.shape)}, want [4, 2]"
    )
    pads = [[int(value) for value in pair] for pair in amounts.data]
    context.require(
        pads[0] == [0, 0] and min(map(min, pads)) >= 0,
        f"paddings {pads} are not supported: none before or behind the batch, none below 0",
    )
    expected = tuple(
        size + before + behind for size, (before, behind) in zip(source.shape, pads, strict=True)
    )
    output = _output_of_shape(context, expected)
    require_same_quantisation(context, source, output)
    return Operator(
        index=context.index,
        kind="PAD",
        name=context.name,
        input=source.index,
        output=output.index,
        window=Window(pad=(pads[1][0], pads[2][0])),
        pad_front_c=pads[3][0],
    )


def read_reshape(context: OperatorContext) -> Operator:
    """RESHAPE; the new shape is that of the output, which the converter has worked out."""
    context.inputs_between(1, 2)
    source, output = context.input(), context.output()
    context.require(
        source.elements == output.elements,
        f"makes {list(output.shape)} of {list(source.shape)}, which has another number of elements",
    )
    if context.has_input(1):
        _require_folded_shape(context, output)
    require_same_quantisation(context, source, output)
    return Operator(
        index=context.index,
        kind="RESHAPE",
        name=context.name,
        input=source.index,
        output=output.index,
    )


def _require_folded_shape(context: OperatorContext, output: Tensor) -> None:
    """A target shape that the model computes must be the one that the converter expected."""
    number = context.number_at(context.raw.inputs, 1)
    target = context.tensors[number].data
    if context.model.tensors[number].content is not None:
        return
    context.require(
        target is not None, "its target shape is known at run time only; convert with fixed sizes"
    )
    wanted = [int(size) for size in np.ravel(target)]
    agrees = len(wanted) == len(output.shape) and all(
        size in (-1, real) for size, real in zip(wanted, output.shape, strict=True)
    )
    context.require(
        agrees, f"output has the shape {list(output.shape)}, its target shape is {wanted}"
    )


def read_softmax(context: OperatorContext) -> Operator:
    """SOFTMAX over the last dimension; TFLite fixes the output's quantisation."""
    context.inputs_between(1, 1)
    source = context.input()
    output = _output_of_shape(context, source.shape)
    fixed = (
        abs(output.scale - SOFTMAX_OUTPUT_SCALE) <= 0.001 * SOFTMAX_OUTPUT_SCALE
        and output.zero_point == SOFTMAX_OUTPUT_ZERO_POINT
    )
    context.require(
        fixed,
        f"output has scale {output.scale:.9g} and zero point {output.zero_point},"
        " TFLite wants 1/256 and -128",
    )
    beta = context.option("Beta")
    context.require(isfinite(beta) and beta > 0, f"beta is {beta}, which must be positive")
    context.require(
        softmax_factor(beta, source.scale) > 1,
        f"input scale {source.scale:.9g} is too small for TFLite's fixed-point arithmetic",
    )
    return Operator(
        index=context.index,
        kind="SOFTMAX",
        name=context.name,
        input=source.index,
        output=output.index,
        beta=beta,
    )


def _output_of_shape(context: OperatorContext, expected: tuple[int, ...]) -> Tensor:
    output = context.output()
    context.require(
        output.shape == expected,
        f"output has the shape {list(output.shape)}, its parameters give {list(expected)}",
    )
    return output


READERS: dict[str, Callable[[OperatorContext], Operator]] = {
    "CONV_2D": read_conv_2d,
    "DEPTHWISE_CONV_2D": read_depthwise_conv_2d,
    "FULLY_CONNECTED": read_fully_connected,
    "AVERAGE_POOL_2D": read_average_pool_2d,
    "MEAN": read_mean,
    "ADD": read_add,
    "PAD": read_pad,
    "RESHAPE": read_reshape,
    "SOFTMAX": read_softmax,
}
