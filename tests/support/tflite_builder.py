"""Writes an int8 TFLite model from a list of layer descriptions.

    model = build_model((1, 8, 8, 3), Quantisation(0.02, -1), [Conv2D(...), Softmax()])

`model` is the bytes of a .tflite file.  Its tensors are named "input" and "layer0", "layer1", ...;
constants are named after their layer ("layer0/weights").  The last layer is the model's output.
Further inputs are named "input2", "input3", ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tflite

from dwpw.make.flatbuffer_writer import FlatbufferWriter
from tests.support import tflite_layers as layers
from tests.support.tflite_layers import Layer, Quantisation, Shape


@dataclass
class _Writer(FlatbufferWriter):
    """Writes a model of int8, or of uint8 whose weights have a zero point (as int8)."""

    weight_zero_point: int | None = None

    @property
    def unsigned(self) -> bool:
        """Whether the model is of uint8 throughout."""
        return self.weight_zero_point is not None

    def activation_tensor(self, name: str, shape: Shape, quantisation: Quantisation | None) -> int:
        """Write a tensor that holds no data in the file; float32 without quantisation."""
        if quantisation is None:
            return self.tensor(name, shape, tflite.TensorType.FLOAT32, None)
        above = 128 if self.unsigned else 0
        kind = tflite.TensorType.UINT8 if self.unsigned else tflite.TensorType.INT8
        q = self.quantisation([quantisation.scale], [quantisation.zero_point + above])
        return self.tensor(name, shape, kind, q)

    def weights(self, name: str, values: np.ndarray, scales: object, axis: int) -> int:
        """Write weights, int8 values."""
        if not self.unsigned:
            return self.constant(name, values, scales, axis)
        q = self.quantisation(np.atleast_1d(scales), [self.weight_zero_point + 128])
        data = (values.view(np.uint8) ^ np.uint8(0x80)).tobytes()
        return self.tensor(name, values.shape, tflite.TensorType.UINT8, q, data)

    def operand(self, name: str, constant: layers.Constant) -> int:
        """Write a constant operand."""
        if constant.quantisation is None:
            return self.constant(name, constant.values)
        return self.constant(
            name,
            constant.values,
            constant.quantisation.scale,
            zero_point=constant.quantisation.zero_point,
        )


def _activation(name: str) -> int:
    return getattr(tflite.ActivationFunctionType, name)


def _window_options(layer: layers.Windowed) -> dict[str, int]:
    return {
        "Padding": getattr(tflite.Padding, layer.padding),
        "StrideH": layer.stride[0],
        "StrideW": layer.stride[1],
        "FusedActivationFunction": _activation(layer.activation),
    }


def _weighted_inputs(
    w: _Writer, name: str, layer, source: int, scale: float, axis: int
) -> list[int]:
    """Write weights and bias; the inputs of the operator."""
    inputs = [source, w.weights(f"{name}/weights", layer.weights, layer.weight_scale, axis)]
    if layer.bias is None:
        return inputs
    bias_scale = np.float32(scale) * np.asarray(layer.weight_scale, np.float32)
    return [*inputs, w.constant(f"{name}/bias", layer.bias, bias_scale)]


def _computed_shape(
    w: _Writer, name: str, layer: layers.Reshape, source: int, source_shape: Shape
) -> int:
    """Write the operators that compute a RESHAPE's target shape; the tensor that they give."""
    int32 = tflite.TensorType.INT32
    sizes = w.tensor(f"{name}/sizes", (len(source_shape),), int32, None)
    w.operator("SHAPE", 1, [source], sizes, w.options("ShapeOptions", OutType=int32))
    batch = w.tensor(f"{name}/batch", (), int32, None)
    ranges = [
        w.constant(f"{name}/{role}", np.array([value], np.int32))
        for role, value in (("begin", 0), ("end", 1), ("stride", 1))
    ]
    options = w.options("StridedSliceOptions", ShrinkAxisMask=1)
    w.operator("STRIDED_SLICE", 1, [sizes, *ranges], batch, options)
    rest = [
        w.constant(f"{name}/size{i}", np.array(size, np.int32))
        for i, size in enumerate(layer.shape[1:], start=1)
    ]
    shape = w.tensor(f"{name}/shape", (len(layer.shape),), int32, None)
    options = w.options("PackOptions", ValuesCount=len(layer.shape))
    w.operator("PACK", 1, [batch, *rest], shape, options)
    return shape


def _write_layer(
    w: _Writer,
    name: str,
    layer: Layer,
    inputs: list[int],
    scale: float,
    source_shape: Shape,
    out: int,
) -> None:
    """Write the operator of `layer`; `scale` and `source_shape` are those of its first input."""
    match layer:
        case layers.Conv2D():
            inputs = _weighted_inputs(w, name, layer, inputs[0], scale, 0)
            fields = _window_options(layer)
            fields |= {"DilationHFactor": layer.dilation[0], "DilationWFactor": layer.dilation[1]}
            w.operator("CONV_2D", 3, inputs, out, w.options("Conv2DOptions", **fields))
        case layers.DepthwiseConv2D():
            inputs = _weighted_inputs(w, name, layer, inputs[0], scale, 3)
            fields = _window_options(layer) | {"DepthMultiplier": layer.depth_multiplier}
            fields |= {"DilationHFactor": layer.dilation[0], "DilationWFactor": layer.dilation[1]}
            options = w.options("DepthwiseConv2DOptions", **fields)
            w.operator("DEPTHWISE_CONV_2D", 3, inputs, out, options)
        case layers.FullyConnected():
            inputs = _weighted_inputs(w, name, layer, inputs[0], scale, 0)
            options = w.options(
                "FullyConnectedOptions", FusedActivationFunction=_activation(layer.activation)
            )
            w.operator("FULLY_CONNECTED", 4, inputs, out, options)
        case layers.AveragePool2D():
            fields = _window_options(layer)
            fields |= {"FilterHeight": layer.size[0], "FilterWidth": layer.size[1]}
            w.operator("AVERAGE_POOL_2D", 2, inputs, out, w.options("Pool2DOptions", **fields))
        case layers.Mean():
            axes = w.constant(f"{name}/axes", np.array([1, 2], np.int32))
            options = w.options("ReducerOptions", KeepDims=layer.keep_dims)
            w.operator("MEAN", 2, [*inputs, axes], out, options)
        case layers.Add():
            activation = _activation(layer.activation)
            options = w.options("AddOptions", FusedActivationFunction=activation)
            w.operator("ADD", 2, inputs, out, options)
        case layers.Pad():
            paddings = w.constant(f"{name}/paddings", np.array(layer.paddings, np.int32))
            w.operator("PAD", 2, [*inputs, paddings], out, w.options("PadOptions"))
        case layers.Reshape():
            if layer.computed:
                shape = _computed_shape(w, name, layer, inputs[0], source_shape)
            else:
                shape = w.constant(f"{name}/shape", np.array(layer.shape, np.int32))
            options = w.options("ReshapeOptions", NewShape=w.vector(layer.shape, np.int32))
            w.operator("RESHAPE", 1, [*inputs, shape], out, options)
        case layers.Softmax():
            w.operator("SOFTMAX", 2, inputs, out, w.options("SoftmaxOptions", Beta=layer.beta))
        case layers.Plain():
            constants = [w.operand(f"{name}/{i}", one) for i, one in enumerate(layer.constants)]
            inputs = [*constants, *inputs] if layer.constants_first else [*inputs, *constants]
            options = layer.options and w.options(layer.options[0], **layer.options[1])
            more = [
                w.activation_tensor(f"{name}/part{i}", shape, layer.output)
                for i, shape in enumerate(layer.parts)
            ]
            w.operator(layer.code, layer.version, inputs, out, options, more)
        case _:
            raise TypeError(f"no writer for {type(layer).__name__}")


def build_model(
    input_shape: Shape,
    quantisation: Quantisation | None,
    chain: Sequence[Layer],
    outputs: Sequence[int] = (-1,),
    weight_zero_point: int | None = None,
    more_inputs: Sequence[tuple[Shape, Quantisation | None]] = (),
) -> bytes:
    """The .tflite file that runs `chain` on an int8 input of `input_shape` (NHWC, N = 1).

    quantisation: None makes the input float32, as it does for the output of a layer.
    outputs: which layers the model gives, by index.
    weight_zero_point: makes a model of uint8 throughout, whose weights have this zero point (as
        int8); all values and zero points are told as int8.
    more_inputs: those behind the first; as the source of a layer they are -2, -3, ...
    """
    w = _Writer(weight_zero_point=weight_zero_point)
    ids, shapes, scales = {}, {}, {}
    for number, (shape, q) in enumerate([(input_shape, quantisation), *more_inputs], start=1):
        name = "input" if number == 1 else f"input{number}"
        ids[-number] = w.activation_tensor(name, shape, q)
        shapes[-number] = tuple(shape)
        scales[-number] = q.scale if q else 1.0
    taken = list(ids.values())
    for i, layer in enumerate(chain):
        sources = [i - 1 if layer.source is None else layer.source]
        if isinstance(layer, layers.Add):
            sources.append(layer.other)
        if isinstance(layer, layers.Plain):
            sources += layer.others
        shapes[i] = layer.output_shape(*(shapes[s] for s in sources))
        scales[i] = layer.output.scale if layer.output else 1.0
        ids[i] = w.activation_tensor(f"layer{i}", shapes[i], layer.output)
        first, inputs = sources[0], [ids[s] for s in sources]
        _write_layer(w, f"layer{i}", layer, inputs, scales[first], shapes[first], ids[i])
    last = len(chain) - 1
    given = [ids[last if one == -1 else one] for one in outputs]
    return w.finish(taken, given, "test model")
