"""A calibrated network as a .tflite file."""

from __future__ import annotations

import flatbuffers
import numpy as np
import tflite

from dwpw.make.blueprint import WEIGHTED, Node
from dwpw.make.calibrate import Calibrated
from dwpw.make.flatbuffer_writer import FlatbufferWriter

VERSIONS = {
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 3,
    "FULLY_CONNECTED": 4,
    "AVERAGE_POOL_2D": 2,
    "MAX_POOL_2D": 2,
    "MEAN": 2,
    "ADD": 2,
    "MUL": 2,
    "CONCATENATION": 2,
    "SOFTMAX": 2,
}
"""The first version of each operator that takes int8; 1 where none is named."""

CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}

ROOM = 1 << 20
"""Bytes of a file beside its weights; only a first guess."""


def tflite_file(model: Calibrated) -> bytes:
    """The file.  Tensors are named after their operators, the input "input"."""
    plan = model.blueprint
    writer = FlatbufferWriter(flatbuffers.Builder(plan.parameters + ROOM))
    first = model.tensors[0]
    numbers = [writer.activation("input", plan.input_shape, first.scale, first.zero_point)]
    for place, node in enumerate(plan.nodes):
        quantisation = model.tensors[place + 1]
        output = writer.activation(
            node.name, node.shape, quantisation.scale, quantisation.zero_point
        )
        inputs = [numbers[tensor] for tensor in node.inputs]
        inputs += _constants(writer, model, place)
        version = VERSIONS.get(node.kind, 1)
        writer.operator(node.kind, version, inputs, output, _options(writer, node))
        numbers.append(output)
    return writer.finish([numbers[0]], [numbers[-1]], f"dwpw: {plan.title}, random weights")


def _constants(writer: FlatbufferWriter, model: Calibrated, place: int) -> list[int]:
    """Write what an operator reads beside its activations."""
    node = model.blueprint.nodes[place]
    match node.kind:
        case kind if kind in WEIGHTED:
            given, own = model.tensors[node.inputs[0]], model.constants[place]
            axis = CHANNEL_AXIS[node.kind]
            bias_scales = own.scales * np.float32(given.scale)
            return [
                writer.constant(f"{node.name}/weights", own.weights, own.scales, axis),
                writer.constant(f"{node.name}/bias", own.bias, bias_scales),
            ]
        case "MEAN":
            return [writer.constant(f"{node.name}/axes", np.array([1, 2], np.int32))]
        case "RESHAPE":
            return [writer.constant(f"{node.name}/shape", np.array(node.shape, np.int32))]
        case "MUL" if node.factor is not None:
            # As the converter quantises a positive number: the range from 0 to itself.
            value, scale = np.array(127, np.int8), node.factor / 255
            return [writer.constant(f"{node.name}/factor", value, scale, zero_point=-128)]
    return []


def _options(writer: FlatbufferWriter, node: Node) -> tuple[str, int]:
    """Write the operator's options."""
    activation = {
        "FusedActivationFunction": getattr(tflite.ActivationFunctionType, node.activation)
    }
    window = {
        "Padding": tflite.Padding.VALID if node.valid else tflite.Padding.SAME,
        "StrideH": node.stride[0],
        "StrideW": node.stride[1],
        **activation,
    }
    match node.kind:
        case "CONV_2D":
            return writer.options("Conv2DOptions", **window)
        case "DEPTHWISE_CONV_2D":
            return writer.options("DepthwiseConv2DOptions", **window, DepthMultiplier=1)
        case "AVERAGE_POOL_2D" | "MAX_POOL_2D":
            size = {"FilterHeight": node.window[0], "FilterWidth": node.window[1]}
            return writer.options("Pool2DOptions", **window, **size)
        case "FULLY_CONNECTED":
            return writer.options("FullyConnectedOptions", **activation)
        case "MEAN":
            return writer.options("ReducerOptions", KeepDims=len(node.shape) == 4)
        case "ADD":
            return writer.options("AddOptions", **activation)
        case "MUL":
            return writer.options("MulOptions", **activation)
        case "HARD_SWISH":
            return writer.options("HardSwishOptions")
        case "CONCATENATION":
            return writer.options("ConcatenationOptions", Axis=3)
        case "RESHAPE":
            shape = writer.vector(node.shape, np.int32)
            return writer.options("ReshapeOptions", NewShape=shape)
        case "SOFTMAX":
            return writer.options("SoftmaxOptions", Beta=1.0)
    raise TypeError(f"no options for {node.kind}")
