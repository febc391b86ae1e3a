"""Readers of the operators without a window, and the table of all readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite, prod

import numpy as np
import tflite

from dwpw.model.context import OperatorContext
from dwpw.model.graph import Operator, Tensor, Window
from dwpw.model.movement import (
    read_concatenation,
    read_resize,
    read_slice,
    read_split,
    read_squeeze,
    read_strided_slice,
    read_transpose,
)
from dwpw.model.pairs import read_pair
from dwpw.model.valuewise import (
    constant_operand,
    read_hard_swish,
    read_leaky_relu,
    read_logistic,
    read_prelu,
    read_quantize,
    read_rectifier,
    read_tanh,
)
from dwpw.model.weights import (
    read_bias,
    read_weights,
    require_sane_factor,
    require_sane_rescaling,
)
from dwpw.model.windows import (
    read_conv_2d,
    read_depthwise_conv_2d,
    read_pool_2d,
    require_few_summed,
    require_same_quantisation,
)
from dwpw.quant import softmax_factor

SOFTMAX_OUTPUT_SCALE = np.float32(1 / 256)
SOFTMAX_OUTPUT_ZERO_POINT = -128


def read_fully_connected(context: OperatorContext) -> Operator:
    """FULLY_CONNECTED, weights [out, in]; over one row of inputs or several."""
    context.inputs_between(2, 3)
    source = context.input()
    weights = read_weights(context, rank=2, channel_dimension=0)
    outputs, inputs = weights.shape
    context.require(
        source.elements % inputs == 0,
        f"weights take {inputs} values, the input has {source.elements}",
    )
    rows = source.elements // inputs
    default = tflite.FullyConnectedOptionsWeightsFormat.DEFAULT
    context.require(
        context.option("WeightsFormat") == default, "shuffled weights are not supported"
    )
    output = context.output()
    context.require(
        output.elements == rows * outputs,
        f"output has {output.elements} values, the weights give {rows * outputs}",
    )
    require_sane_rescaling(context, source, weights, output)
    bias = read_bias(context, outputs)
    return context.operator(
        source,
        output,
        weights=weights.index,
        bias=bias,
        activation=context.activation_function(),
        macs=rows * inputs * outputs,
        parameters=weights.elements + (0 if bias is None else outputs),
    )


def read_reduce_max(context: OperatorContext) -> Operator:
    """REDUCE_MAX over height and width: a window over all of the image."""
    mean = read_mean(context)
    context.require(mean.mean_as is None, "is supported over height and width only")
    source, output = context.tensors[mean.input], context.tensors[mean.output]
    require_same_quantisation(context, source, output)
    return replace(mean, kind="MAX_POOL_2D", window=Window(size=source.hwc[:2]))


def read_mean(context: OperatorContext) -> Operator:
    """MEAN over height and width or other dimensions that follow one another, kept or not."""
    context.inputs_between(2, 2)
    source = context.input()
    axes = context.constant(1, "axes", ("int32",)).data
    rank = len(source.shape)
    named = sorted({int(axis) + rank if axis < 0 else int(axis) for axis in np.ravel(axes)})
    run = bool(named) and named == list(range(named[0], named[0] + len(named)))
    context.require(
        run and named[0] > 0 and named[-1] < rank,
        f"averages over the axes {named}; supported are axes behind the batch that follow one"
        " another",
    )
    keep = context.option("KeepDims", False)
    expected = tuple(
        1 if axis in named else size
        for axis, size in enumerate(source.shape)
        if keep or axis not in named
    )
    output = _output_of_shape(context, expected)
    mean_as = None
    if rank != 4 or named != [1, 2]:
        first, last = named[0], named[-1] + 1
        mean_as = tuple(
            prod(part)
            for part in (source.shape[:first], source.shape[first:last], source.shape[last:])
        )
    require_sane_factor(context, float(source.scale) / float(output.scale), "input and output")
    require_few_summed(context, *(mean_as or source.hwc)[:2])
    return context.operator(
        source,
        output,
        mean_as=mean_as,
    )


def read_pad(context: OperatorContext) -> Operator:
    """PAD with the zero point or PADV2 with a constant, any dimension but the batch."""
    valued = context.raw.kind == "PADV2"
    context.inputs_between(2 + valued, 2 + valued)
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
    return context.operator(
        source,
        output,
        kind="PAD",
        pad_value=int(constant_operand(context, 2).data.reshape(-1)[0]) if valued else None,
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
    return context.operator(
        source,
        output,
        same_bytes=True,
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
    return context.operator(
        source,
        output,
        beta=beta,
    )


def _output_of_shape(context: OperatorContext, expected: tuple[int, ...]) -> Tensor:
    output = context.output()
    context.require(
        output.shape == expected,
        f"output has the shape {list(output.shape)}, its parameters give {list(expected)}",
    )
    return output


READERS: dict[str, Callable[[OperatorContext], Operator | tuple[Operator, ...]]] = {
    "CONV_2D": read_conv_2d,
    "DEPTHWISE_CONV_2D": read_depthwise_conv_2d,
    "FULLY_CONNECTED": read_fully_connected,
    "AVERAGE_POOL_2D": read_pool_2d,
    "MEAN": read_mean,
    "ADD": read_pair,
    "SUB": read_pair,
    "MUL": read_pair,
    "MINIMUM": read_pair,
    "MAXIMUM": read_pair,
    "PAD": read_pad,
    "PADV2": read_pad,
    "RESHAPE": read_reshape,
    "SQUEEZE": read_squeeze,
    "EXPAND_DIMS": read_squeeze,
    "SOFTMAX": read_softmax,
    "MAX_POOL_2D": read_pool_2d,
    "REDUCE_MAX": read_reduce_max,
    "QUANTIZE": read_quantize,
    "LOGISTIC": read_logistic,
    "TANH": read_tanh,
    "HARD_SWISH": read_hard_swish,
    "RELU": read_rectifier,
    "RELU6": read_rectifier,
    "RELU_N1_TO_1": read_rectifier,
    "RELU_0_TO_1": read_rectifier,
    "LEAKY_RELU": read_leaky_relu,
    "PRELU": read_prelu,
    "TRANSPOSE": read_transpose,
    "SLICE": read_slice,
    "STRIDED_SLICE": read_strided_slice,
    "SPLIT": read_split,
    "SPLIT_V": read_split,
    "CONCATENATION": read_concatenation,
    "RESIZE_NEAREST_NEIGHBOR": read_resize,
    "RESIZE_BILINEAR": read_resize,
}
"""Kind -> its reader, which gives an operator, or several where there are several outputs."""
