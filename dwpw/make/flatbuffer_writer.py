"""Writes the tables of a .tflite file; knows the schema, nothing of networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import flatbuffers
import numpy as np
import tflite

from dwpw.model.flatbuffer import IDENTIFIER

SCHEMA_VERSION = 3
TYPES = {
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
class FlatbufferWriter:
    """The flatbuffer under construction with the tables already written to it."""

    builder: flatbuffers.Builder = field(default_factory=lambda: flatbuffers.Builder(1 << 14))
    buffers: list[int] = field(default_factory=list)
    tensors: list[int] = field(default_factory=list)
    codes: dict[tuple[str, int], int] = field(default_factory=dict)
    operators: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.buffer(None)  # buffer 0 is the empty one, by TFLite's convention

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
        self,
        name: str,
        shape: tuple[int, ...],
        kind: int,
        quantisation: int | None,
        data: bytes | None = None,
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

    def activation(self, name: str, shape: tuple[int, ...], scale: float, zero_point: int) -> int:
        """Write an int8 tensor that holds no data in the file."""
        q = self.quantisation([scale], [zero_point])
        return self.tensor(name, shape, tflite.TensorType.INT8, q)

    def constant(
        self,
        name: str,
        values: np.ndarray,
        scales: object = None,
        axis: int = 0,
        zero_point: int = 0,
    ) -> int:
        """Write a constant tensor; quantised where it has `scales`."""
        q = None
        if scales is not None:
            scales = np.atleast_1d(np.asarray(scales, np.float32))
            q = self.quantisation(scales, np.full(len(scales), zero_point), axis)
        return self.tensor(name, values.shape, TYPES[values.dtype], q, values.tobytes())

    def operator(
        self,
        code: str,
        version: int,
        inputs: Sequence[int],
        output: int,
        options: tuple[str, int] | None = None,
        more: Sequence[int] = (),
    ) -> None:
        """Write an operator; `options` is (type name, table offset), `more` are further outputs."""
        opcode = self.codes.setdefault((code, version), len(self.codes))
        kind, offset = options or (None, None)
        self.operators.append(
            table(
                self.builder,
                "Operator",
                OpcodeIndex=opcode,
                Inputs=self.vector(inputs, np.int32),
                Outputs=self.vector([output, *more], np.int32),
                BuiltinOptionsType=getattr(tflite.BuiltinOptions, kind) if kind else None,
                BuiltinOptions=offset,
            )
        )

    def options(self, name: str, **fields: object) -> tuple[str, int]:
        """Write an options table."""
        return name, table(self.builder, name, **fields)

    def finish(self, inputs: Sequence[int], outputs: Sequence[int], description: str) -> bytes:
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
            Inputs=self.vector(inputs, np.int32),
            Outputs=self.vector(outputs, np.int32),
            Operators=_offsets(b, self.operators),
            Name=b.CreateString("main"),
        )
        model = table(
            b,
            "Model",
            Version=SCHEMA_VERSION,
            OperatorCodes=_offsets(b, codes),
            Subgraphs=_offsets(b, [subgraph]),
            Description=b.CreateString(description),
            Buffers=_offsets(b, self.buffers),
        )
        b.Finish(model, IDENTIFIER)
        return bytes(b.Output())
