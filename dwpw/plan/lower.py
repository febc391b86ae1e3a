"""Graph to lowered operators: shapes, windows and integers, nothing left in floating point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from dwpw.image.format import AddParam, MeanParam, PadParam, SoftmaxParam
from dwpw.kernels.packing import LoweredOperator
from dwpw.model import Graph, Operator
from dwpw.quant import (
    activation_range,
    add_arithmetic,
    conv_multipliers,
    fully_connected_multipliers,
    mean_multiplier,
    softmax_arithmetic,
)

PARAM_WORDS = 8


def lower(graph: Graph, operator: Operator) -> LoweredOperator:
    """The operator with its arithmetic worked out."""
    source, output = graph.tensors[operator.input], graph.tensors[operator.output]
    act_min, act_max = activation_range(operator.activation, output.scale, output.zero_point)
    common = LoweredOperator(
        index=operator.index,
        kind=operator.kind,
        input_shape=source.hwc,
        output_shape=output.hwc,
        kernel=operator.window.size,
        stride=operator.window.stride,
        dilation=operator.window.dilation,
        pad=operator.window.pad,
        depth_multiplier=operator.depth_multiplier,
        input_offset=-source.zero_point,
        output_offset=output.zero_point,
        act_min=act_min,
        act_max=act_max,
    )
    return _SPECIAL.get(operator.kind, _nothing_more)(graph, operator, common)


def _nothing_more(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    return common


def _param(words: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(words.get(position, 0) for position in range(PARAM_WORDS))


def _lower_weighted(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    """CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED."""
    source, output = graph.tensors[operator.input], graph.tensors[operator.output]
    weights = graph.tensors[operator.weights]
    data = weights.data[0] if operator.kind == "DEPTHWISE_CONV_2D" else weights.data
    channels = data.shape[-1] if operator.kind == "DEPTHWISE_CONV_2D" else data.shape[0]
    bias = np.zeros(channels, np.int32)
    if operator.bias is not None:
        bias = graph.tensors[operator.bias].data.reshape(channels)
    fully_connected = operator.kind == "FULLY_CONNECTED"
    multipliers = fully_connected_multipliers if fully_connected else conv_multipliers
    multiplier, shift = multipliers(source.scale, weights.scales, output.scale, channels)
    if fully_connected:
        common = replace(common, input_shape=(1, 1, source.elements), output_shape=(1, 1, channels))
    return replace(common, weights=data, bias=bias, multiplier=multiplier, shift=shift)


def _lower_add(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    first, second = graph.tensors[operator.input], graph.tensors[operator.input2]
    arithmetic = add_arithmetic(first.scale, second.scale, graph.tensors[operator.output].scale)
    words = {
        AddParam.LEFT_SHIFT: arithmetic.left_shift,
        AddParam.INPUT1_MULTIPLIER: arithmetic.input1[0],
        AddParam.INPUT1_SHIFT: arithmetic.input1[1],
        AddParam.INPUT2_MULTIPLIER: arithmetic.input2[0],
        AddParam.INPUT2_SHIFT: arithmetic.input2[1],
        AddParam.OUTPUT_MULTIPLIER: arithmetic.output[0],
        AddParam.OUTPUT_SHIFT: arithmetic.output[1],
    }
    return replace(common, input2_offset=-second.zero_point, param=_param(words))


def _lower_mean(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    source, output = graph.tensors[operator.input], graph.tensors[operator.output]
    height, width, _ = common.input_shape
    multiplier, shift = mean_multiplier(source.scale, output.scale, height * width)
    words = {MeanParam.MULTIPLIER: multiplier, MeanParam.SHIFT: shift}
    return replace(common, param=_param(words))


def _lower_pad(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    """TFLite pads with the output's zero point, the real value 0."""
    words = {
        PadParam.PAD_FRONT_C: operator.pad_front_c,
        PadParam.PAD_VALUE: graph.tensors[operator.output].zero_point,
    }
    return replace(common, param=_param(words))


def _lower_softmax(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    multiplier, left_shift, diff_min = softmax_arithmetic(
        operator.beta, graph.tensors[operator.input].scale
    )
    words = {
        SoftmaxParam.INPUT_MULTIPLIER: multiplier,
        SoftmaxParam.INPUT_LEFT_SHIFT: left_shift,
        SoftmaxParam.DIFF_MIN: diff_min,
    }
    return replace(common, param=_param(words))


_SPECIAL: dict[str, Callable[[Graph, Operator, LoweredOperator], LoweredOperator]] = {
    "CONV_2D": _lower_weighted,
    "DEPTHWISE_CONV_2D": _lower_weighted,
    "FULLY_CONNECTED": _lower_weighted,
    "ADD": _lower_add,
    "MEAN": _lower_mean,
    "PAD": _lower_pad,
    "SOFTMAX": _lower_softmax,
}
