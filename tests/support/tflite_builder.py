"""Writes an int8 TFLite model from a list of layer descriptions.

    model = build_model((1, 8, 8, 3), Quantisation(0.02, -1), [Conv2D(...), Softmax()])

`model` is the bytes of a .tflite file.  Its tensors are named "input" and "layer0", "layer1", ...;
constants are named after their layer ("layer0/weights").  The last layer is the model's output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import flatbuffers
import numpy as np
import tflite

from tests.support import tflite_layers as layers
from tests.support.tflite_layers import Layer, Quantisation, Shape

SCHEMA_VERSION = 3
FILE_IDENTIFIER = b"TFL3"
OFFSET_TYPES = {
    np.dtype(np.int8): tflite.TensorType.INT8,
    np.dtype(np.int32): tflite.TensorType.INT32,
}


def table(builder: flatbuffers.Builder, name: str, **fields: object) -> int:
    """Write one flatbuffer table with the functions that package tflite generates for it."""
    getattr(tflite, f"{name}Start")(builder)
    for key, value in fields.items():
        if value is not None:
            getattr(tflite, f"{name}Add{key}")(builder, value)
    return getattr(tflite, f"{name}End")(builder)


def _offsets(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    """Write a vector of tables."""
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


@dataclass
class _Writer:
    """The flatbuffer under construction with the tables already written to it."""

    builder: flatbuffers.Builder = field(default_factory=lambda: flatbuffers.Builder(1 << 14))
    buffers: list[int] = field(default_factory=list)
    tensors: list[int] = field(default_factory=list)
    codes: dict[tuple[str, int], int] = field(default_factory=dict)
    operators: list[int] = field(default_factory=list)
    unsigned: bool = False
    weight_zero_point: int = 0

    def vector(self, values: object, dtype: type) -> int:
        """Write a vector of numbers."""
        return self.builder.CreateNumpyVector(np.asarray(values, dtype))

    def buffer(self, data: bytes | None) -> int:
        """Write a buffer, 16-byte aligned as TFLite's own writer does; its index."""
        vector = None
        if data:
            self.builder.StartVector(1, len(data), 16)
            self.builder.head -= len(data)
            self.builder.Bytes[self.builder.head : self.builder.head + len(data)] = data
            vector = self.builder.EndVector()
        self.buffers.append(table(self.builder, "Buffer", Data=vector))
        return len(self.buffers) - 1

    def quantisation(self, scales: object, zero_points: object, axis: int = 0) -> int:
        """Write quantisation parameters, one or one per slice along `axis`."""
        return table(
            self.builder,
            "QuantizationParameters",
            Scale=self.vector(scales, np.float32),
            ZeroPoint=self.vector(zero_points, np.int64),
            QuantizedDimension=axis,
        )

    def tensor(
        self, name: str, shape: Shape, kind: int, quantisation: int | None, data=None
    ) -> int:
        """Write a tensor; its index."""
        buffer = 0 if data is None else self.buffer(data)
        offset = table(
            self.builder,
            "Tensor",
            Name=self.builder.CreateString(name),
            Shape=self.vector(shape, np.int32),
            Type=kind,
            Buffer=buffer,
            Quantization=quantisation,
        )
        self.tensors.append(offset)
        return len(self.tensors) - 1

    def activation_tensor(self, name: str, shape: Shape, quantisation: Quantisation | None) -> int:
        """Write an int8 tensor that holds no data in the file; float32 without quantisation."""
        if quantisation is None:
            return self.tensor(name, shape, tflite.TensorType.FLOAT32, None)
        above = 128 if self.unsigned else 0
        kind = tflite.TensorType.UINT8 if self.unsigned else tflite.TensorType.INT8
        q = self.quantisation([quantisation.scale], [quantisation.zero_point + above])
        return self.tensor(name, shape, kind, q)

    def operand(self, name: str, constant: layers.Constant) -> int:
        """Write a constant operand."""
        values, quantisation = constant.values, constant.quantisation
        q = None
        if quantisation is not None:
            q = self.quantisation([quantisation.scale], [quantisation.zero_point])
        return self.tensor(name, values.shape, OFFSET_TYPES[values.dtype], q, values.tobytes())

    def constant(self, name: str, values: np.ndarray, scales=None, axis: int = 0) -> int:
        """Write a constant tensor; with `scales` it is quantised with zero point 0."""
        q = None
        if scales is not None:
            scales = np.atleast_1d(np.asarray(scales, np.float32))
            if self.unsigned and values.dtype == np.int8:
                q = self.quantisation(scales, [self.weight_zero_point + 128])
                data = (values.view(np.uint8) ^ np.uint8(0x80)).tobytes()
                return self.tensor(name, values.shape, tflite.TensorType.UINT8, q, data)
            q = self.quantisation(scales, np.zeros(len(scales)), axis)
        return self.tensor(name, values.shape, OFFSET_TYPES[values.dtype], q, values.tobytes())

    def operator(
        self, code: str, version: int, inputs, output: int, options=None, more: Sequence[int] = ()
    ) -> None:
        """Write an operator; `options` is (type name, table offset), `more` are further outputs."""
        opcode = self.codes.setdefault((code, version), len(self.codes))
        kind, written = options or (None, None)
        self.operators.append(
            table(
                self.builder,
                "Operator",
                OpcodeIndex=opcode,
                Inputs=self.vector(inputs, np.int32),
                Outputs=self.vector([output, *more], np.int32),
                BuiltinOptionsType=getattr(tflite.BuiltinOptions, kind) if kind else None,
                BuiltinOptions=written,
            )
        )

    def options(self, name: str, **fields: object) -> tuple[str, int]:
        """Write an options table."""
        return name, table(self.builder, name, **fields)

    def finish(self, graph_inputs: list[int], graph_outputs: list[int]) -> bytes:
        """Write the model around everything."""
        b = self.builder
        codes = [
            table(
                b,
                "OperatorCode",
                DeprecatedBuiltinCode=getattr(tflite.BuiltinOperator, code),
                BuiltinCode=getattr(tflite.BuiltinOperator, code),
                Version=version,
            )
            for code, version in self.codes
        ]
        subgraph = table(
            b,
            "SubGraph",
            Tensors=_offsets(b, self.tensors),
            Inputs=self.vector(graph_inputs, np.int32),
            Outputs=self.vector(graph_outputs, np.int32),
            Operators=_offsets(b, self.operators),
            Name=b.CreateString("main"),
        )
        model = table(
            b,
            "Model",
            Version=SCHEMA_VERSION,
            OperatorCodes=_offsets(b, codes),
            Subgraphs=_offsets(b, [subgraph]),
            Description=b.CreateString("test model"),
            Buffers=_offsets(b, self.buffers),
        )
        b.Finish(model, FILE_IDENTIFIER)
        return bytes(b.Output())


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
    inputs = [source, w.constant(f"{name}/weights", layer.weights, layer.weight_scale, axis)]
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
) -> bytes:
    """The .tflite file that runs `chain` on an int8 input of `input_shape` (NHWC, N = 1).

    quantisation: None makes the input float32, as it does for the output of a layer.
    outputs: which layers the model gives, by index.
    weight_zero_point: makes a model of uint8 throughout, whose weights have this zero point (as
        int8); all values and zero points are told as int8.
    """
    w = _Writer()
    if weight_zero_point is not None:
        w.unsigned, w.weight_zero_point = True, weight_zero_point
    w.buffer(None)  # buffer 0 is the empty one, by TFLite's convention
    ids = {-1: w.activation_tensor("input", input_shape, quantisation)}
    shapes = {-1: tuple(input_shape)}
    scales = {-1: quantisation.scale if quantisation else 1.0}
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
    return w.finish([ids[-1]], [ids[last if one == -1 else one] for one in outputs])
