"""Graph to lowered operators: shapes, windows and integers, nothing left in floating point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from dwpw.image.format import (
    AddParam,
    AveragePoolParam,
    ConcatenationParam,
    CopyParam,
    ExtremumParam,
    MeanParam,
    MulParam,
    PadParam,
    SoftmaxParam,
)
from dwpw.kernels.packing import LoweredOperator
from dwpw.model import Graph, Operator, Tensor
from dwpw.plan.resize import bilinear_places, nearest_places
from dwpw.quant import (
    INT8_MAX,
    INT8_MIN,
    activation_range,
    add_arithmetic,
    conv_multipliers,
    fully_connected_multipliers,
    mean_multiplier,
    softmax_arithmetic,
)
from dwpw.values import mul_multiplier

PARAM_WORDS = 8


def lower(graph: Graph, operator: Operator) -> LoweredOperator:
    """The operator with its arithmetic worked out."""
    source, output = graph.tensors[operator.input], graph.tensors[operator.output]
    act_min, act_max = activation_range(operator.activation, output.scale, output.zero_point)
    kind = _kind(graph, operator)
    common = LoweredOperator(
        index=operator.index,
        kind=kind,
        values=operator.values,
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
    return _SPECIAL.get(kind, _nothing_more)(graph, operator, common)


def _kind(graph: Graph, operator: Operator) -> str:
    """The kind by which kernels are chosen."""
    if operator.same_bytes:
        return "RESHAPE"
    if operator.values is not None:
        return "TABLE"
    if operator.copy is not None:
        return "COPY"
    if operator.kind == "MUL" and _by_channel(graph, operator):
        return "MUL_CHANNELS"
    if operator.kind == "AVERAGE_POOL_2D" and graph.tensors[operator.output].unsigned:
        return "AVERAGE_POOL_UP"
    if operator.kind == "MEAN" and operator.mean_as is not None:
        return "MEAN_LINES"
    rows = graph.tensors[operator.output].elements
    if operator.kind == "FULLY_CONNECTED" and rows != graph.tensors[operator.weights].shape[0]:
        return "ROWS"
    return operator.kind


def _by_channel(graph: Graph, operator: Operator) -> bool:
    """Whether the second input has one value for each channel of several pixels."""
    first, second = graph.tensors[operator.input], graph.tensors[operator.input2]
    return second.elements == first.hwc[2] < first.elements


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
    in_single_precision = fully_connected or weights.unsigned
    multipliers = fully_connected_multipliers if in_single_precision else conv_multipliers
    multiplier, shift = multipliers(source.scale, weights.scales, output.scale, channels)
    if fully_connected:
        common = replace(common, input_shape=(1, 1, source.elements), output_shape=(1, 1, channels))
    weighted = replace(common, weights=data, bias=bias, multiplier=multiplier, shift=shift)
    return _with_wide_weights(weighted, weights) if weights.unsigned else weighted


def _with_wide_weights(op: LoweredOperator, weights: Tensor) -> LoweredOperator:
    """Weights of uint8 less their zero point: int8 where that fits, else int16."""
    data = op.weights.astype(np.int16) - np.int16(weights.zero_point)
    if data.min() >= INT8_MIN and data.max() <= INT8_MAX:
        return replace(op, weights=data.astype(np.int8))
    if op.kind == "FULLY_CONNECTED":
        data = data.reshape(data.shape[0], 1, 1, data.shape[1])
    kind = "DEPTHWISE_WIDE" if op.kind == "DEPTHWISE_CONV_2D" else "CONV_WIDE"
    return replace(op, kind=kind, weights=data, weight_zero_point=weights.zero_point)


def _lower_add(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    first, second = graph.tensors[operator.input], graph.tensors[operator.input2]
    scales = first.scale, second.scale, graph.tensors[operator.output].scale
    return replace(common, input2_offset=-second.zero_point, param=sum_param(*scales))


def sum_param(first: np.float32, second: np.float32, output: np.float32) -> tuple[int, ...]:
    """`AddParam` for the scales of both inputs and of the output."""
    arithmetic = add_arithmetic(first, second, output)
    words = {
        AddParam.LEFT_SHIFT: arithmetic.left_shift,
        AddParam.INPUT1_MULTIPLIER: arithmetic.input1[0],
        AddParam.INPUT1_SHIFT: arithmetic.input1[1],
        AddParam.INPUT2_MULTIPLIER: arithmetic.input2[0],
        AddParam.INPUT2_SHIFT: arithmetic.input2[1],
        AddParam.OUTPUT_MULTIPLIER: arithmetic.output[0],
        AddParam.OUTPUT_SHIFT: arithmetic.output[1],
    }
    return _param(words)


def _lower_rows(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    """FULLY_CONNECTED over several rows: a convolution of one line, each row a pixel."""
    weighted = _lower_weighted(graph, operator, common)
    inputs = graph.tensors[operator.weights].shape[1]
    outputs = graph.tensors[operator.weights].shape[0]
    rows = graph.tensors[operator.input].elements // inputs
    return replace(
        weighted,
        kind="CONV_WIDE" if weighted.kind == "CONV_WIDE" else "CONV_2D",
        input_shape=(1, rows, inputs),
        output_shape=(1, rows, outputs),
        weights=weighted.weights.reshape(outputs, 1, 1, inputs),
    )


def _lower_average_up(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    return replace(common, param=_param({AveragePoolParam.HALVES_UP: 1}))


def _lower_mul(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    first, second = graph.tensors[operator.input], graph.tensors[operator.input2]
    output = graph.tensors[operator.output]
    multiplier, shift = mul_multiplier(first.scale, second.scale, output.scale)
    words = {MulParam.MULTIPLIER: multiplier, MulParam.SHIFT: shift}
    return replace(common, input2_offset=-second.zero_point, param=_param(words))


def _lower_extremum(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    return replace(common, param=_param({ExtremumParam.LARGEST: operator.kind == "MAXIMUM"}))


def _lower_copy(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    copy = operator.copy
    step_h, step_w, step_c = copy.steps
    words = {
        CopyParam.START: copy.start,
        CopyParam.STEP_H: step_h,
        CopyParam.STEP_W: step_w,
        CopyParam.STEP_C: step_c,
    }
    return replace(common, output_shape=copy.shape, param=_param(words))


def _lower_concatenation(
    graph: Graph, operator: Operator, common: LoweredOperator
) -> LoweredOperator:
    return replace(common, param=_param({ConcatenationParam.OUTER: operator.outer}))


def _lower_resize(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    places = bilinear_places if operator.kind == "RESIZE_BILINEAR" else nearest_places
    tables = [
        places(before, after, operator.align_corners, operator.half_pixel_centres)
        for before, after in zip(common.input_shape[:2], common.output_shape[:2], strict=True)
    ]
    return replace(common, table=np.concatenate(tables).astype(np.int32))


def _lower_mean_lines(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    outer, count, inner = operator.mean_as
    source, output = graph.tensors[operator.input], graph.tensors[operator.output]
    multiplier, shift = mean_multiplier(source.scale, output.scale, count)
    words = {MeanParam.MULTIPLIER: multiplier, MeanParam.SHIFT: shift}
    return replace(
        common,
        input_shape=(outer, count, inner),
        output_shape=(outer, 1, inner),
        param=_param(words),
    )


def _lower_mean(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    source, output = graph.tensors[operator.input], graph.tensors[operator.output]
    height, width, _ = common.input_shape
    multiplier, shift = mean_multiplier(source.scale, output.scale, height * width)
    words = {MeanParam.MULTIPLIER: multiplier, MeanParam.SHIFT: shift}
    return replace(common, param=_param(words))


def _lower_pad(graph: Graph, operator: Operator, common: LoweredOperator) -> LoweredOperator:
    """TFLite pads with the output's zero point, the real value 0, unless it is told otherwise."""
    value = graph.tensors[operator.output].zero_point
    words = {
        PadParam.PAD_FRONT_C: operator.pad_front_c,
        PadParam.PAD_VALUE: value if operator.pad_value is None else operator.pad_value,
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
    "SUB": _lower_add,
    "MUL": _lower_mul,
    "MUL_CHANNELS": _lower_mul,
    "MINIMUM": _lower_extremum,
    "MAXIMUM": _lower_extremum,
    "COPY": _lower_copy,
    "CONCATENATION": _lower_concatenation,
    "RESIZE_NEAREST_NEIGHBOR": _lower_resize,
    "RESIZE_BILINEAR": _lower_resize,
    "MEAN_LINES": _lower_mean_lines,
    "ROWS": _lower_rows,
    "AVERAGE_POOL_UP": _lower_average_up,
    "MEAN": _lower_mean,
    "PAD": _lower_pad,
    "SOFTMAX": _lower_softmax,
}
