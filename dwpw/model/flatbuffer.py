"""The .tflite flatbuffer as plain Python values; knows the schema, judges nothing.

Every read may leave the buffer when the file is damaged.  The flatbuffers package then raises one
of half a dozen exceptions, or hands out a length of billions; `decode` turns the former into
`DamagedFile` and checks the latter before it loops.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tflite

BUILTIN_CODE_SLOT = 10
"""Place of a field in the vtable of an OperatorCode, by the schema."""

IDENTIFIER = b"TFL3"
"""File identifier of the TFLite schema, bytes 4..7 of the file."""

# A table may stand in a vector thousands of times, and a vector in thousands of tables, so that
# what a small file says can take more memory than there is. No converter writes as much as this.
MAX_TABLES = 1 << 13
MAX_NAME = 1 << 10
MAX_SIZES = 16
MAX_OPERANDS = 1 << 8

_READ_ERRORS = (
    struct.error,
    ValueError,  # numpy views and text decoding
    TypeError,
    IndexError,
    KeyError,
    AttributeError,  # a missing table is None
    OverflowError,
    MemoryError,
)


class DamagedFile(Exception):
    """The flatbuffer points outside itself or holds impossible values."""


@dataclass(frozen=True)
class RawTensor:
    """A tensor as it stands in the file. `type` and friends are the schema's numbers."""

    name: str
    type: str
    shape: tuple[int, ...]
    signature: tuple[int, ...]  # shape with -1 where dynamic; empty when not given
    scales: np.ndarray  # float32
    zero_points: np.ndarray  # int64
    quantised_dimension: int
    content: np.ndarray | None  # uint8 bytes of a constant
    external: bool  # constant stored behind the flatbuffer
    sparse: bool
    variable: bool


@dataclass(frozen=True)
class RawOperator:
    """An operator as it stands in the file; -1 in `inputs` is an absent optional tensor."""

    kind: str
    custom_name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict[str, Any] | None  # None when the file has none of the expected type


@dataclass(frozen=True)
class RawModel:
    """The main subgraph of the file."""

    subgraphs: int
    tensors: tuple[RawTensor, ...]
    operators: tuple[RawOperator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    content: bytes = field(repr=False)


_POOL = (
    "Padding",
    "StrideH",
    "StrideW",
    "FilterHeight",
    "FilterWidth",
    "FusedActivationFunction",
)

_OPTION_FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "CONV_2D": (
        "Conv2DOptions",
        (
            "Padding",
            "StrideH",
            "StrideW",
            "DilationHFactor",
            "DilationWFactor",
            "FusedActivationFunction",
        ),
    ),
    "DEPTHWISE_CONV_2D": (
        "DepthwiseConv2DOptions",
        (
            "Padding",
            "StrideH",
            "StrideW",
            "DilationHFactor",
            "DilationWFactor",
            "DepthMultiplier",
            "FusedActivationFunction",
        ),
    ),
    "AVERAGE_POOL_2D": ("Pool2DOptions", _POOL),
    "FULLY_CONNECTED": ("FullyConnectedOptions", ("FusedActivationFunction", "WeightsFormat")),
    "MAX_POOL_2D": ("Pool2DOptions", _POOL),
    "ADD": ("AddOptions", ("FusedActivationFunction",)),
    "SUB": ("SubOptions", ("FusedActivationFunction",)),
    "MUL": ("MulOptions", ("FusedActivationFunction",)),
    "REDUCE_MAX": ("ReducerOptions", ("KeepDims",)),
    "LEAKY_RELU": ("LeakyReluOptions", ("Alpha",)),
    "CONCATENATION": ("ConcatenationOptions", ("Axis", "FusedActivationFunction")),
    "RESIZE_NEAREST_NEIGHBOR": (
        "ResizeNearestNeighborOptions",
        ("AlignCorners", "HalfPixelCenters"),
    ),
    "RESIZE_BILINEAR": ("ResizeBilinearOptions", ("AlignCorners", "HalfPixelCenters")),
    "MEAN": ("ReducerOptions", ("KeepDims",)),
    "SOFTMAX": ("SoftmaxOptions", ("Beta",)),
    "STRIDED_SLICE": (
        "StridedSliceOptions",
        ("BeginMask", "EndMask", "EllipsisMask", "NewAxisMask", "ShrinkAxisMask", "Offset"),
    ),
    "PACK": ("PackOptions", ("ValuesCount", "Axis")),
}


def enum_names(enum: type) -> dict[int, str]:
    """Number to name of one of the schema's enumerations."""
    return {value: name for name, value in vars(enum).items() if not name.startswith("_")}


_OPERATOR_NAMES = enum_names(tflite.BuiltinOperator)
_TYPE_NAMES = {value: name.lower() for value, name in enum_names(tflite.TensorType).items()}
_OPTION_NUMBERS = {name: value for value, name in enum_names(tflite.BuiltinOptions).items()}


def decode(content: bytes) -> RawModel:
    """Decode the main subgraph; `DamagedFile` when the buffer cannot be followed."""
    try:
        return _decode(content)
    except _READ_ERRORS as error:
        raise DamagedFile(str(error)) from error


def _decode(content: bytes) -> RawModel:
    model = tflite.Model.GetRootAs(content, 0)
    if model.SubgraphsLength() == 0:
        raise DamagedFile("it has no subgraph")
    graph = model.Subgraphs(0)
    codes = [model.OperatorCodes(i) for i in range(_count(model.OperatorCodesLength(), content))]
    return RawModel(
        subgraphs=model.SubgraphsLength(),
        tensors=tuple(
            _tensor(graph.Tensors(i), model, content)
            for i in range(_count(graph.TensorsLength(), content))
        ),
        operators=tuple(
            _operator(graph.Operators(i), codes)
            for i in range(_count(graph.OperatorsLength(), content))
        ),
        inputs=_integers(graph.InputsAsNumpy()),
        outputs=_integers(graph.OutputsAsNumpy()),
        content=content,
    )


def _count(length: int, content: bytes) -> int:
    """The length of a vector of tables; every element takes four bytes of the file."""
    if length * 4 > len(content) or length > MAX_TABLES:
        raise DamagedFile(f"a vector claims {length} elements")
    return length


def _integers(vector: Any) -> tuple[int, ...]:
    """A numeric vector as a tuple; flatbuffers hands out 0 for an absent one."""
    return () if isinstance(vector, int) else tuple(int(value) for value in vector)


def _few(vector: Any, most: int) -> tuple[int, ...]:
    """The same for a vector that is a part of many tables."""
    if not isinstance(vector, int) and len(vector) > most:
        raise DamagedFile(f"a vector claims {len(vector)} elements")
    return _integers(vector)


def _text(text: bytes | None) -> str:
    """Text for error messages and tables; a damaged name is no reason to refuse a model."""
    decoded = (text or b"")[:MAX_NAME].decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else "?" for c in decoded)


def _array(vector: Any, dtype: Any) -> np.ndarray:
    return np.zeros(0, dtype) if isinstance(vector, int) else np.asarray(vector, dtype)


def _tensor(tensor: Any, model: Any, content: bytes) -> RawTensor:
    quantisation = tensor.Quantization()
    scales = _array(quantisation.ScaleAsNumpy() if quantisation else 0, np.float32)
    zero_points = _array(quantisation.ZeroPointAsNumpy() if quantisation else 0, np.int64)
    # Buffer 0 is empty by convention: activations point to it.
    buffer = model.Buffers(_within(tensor.Buffer(), model.BuffersLength()))
    has_content = buffer.DataLength() > 0
    return RawTensor(
        name=_text(tensor.Name()),
        type=_TYPE_NAMES.get(tensor.Type(), f"type {tensor.Type()}"),
        shape=_few(tensor.ShapeAsNumpy(), MAX_SIZES),
        signature=_few(tensor.ShapeSignatureAsNumpy(), MAX_SIZES),
        scales=scales,
        zero_points=zero_points,
        quantised_dimension=quantisation.QuantizedDimension() if quantisation else 0,
        content=buffer.DataAsNumpy() if has_content else None,
        external=buffer.Offset() > 1,
        sparse=tensor.Sparsity() is not None,
        variable=bool(tensor.IsVariable()),
    )


def _within(index: int, length: int) -> int:
    if not 0 <= index < length:
        raise DamagedFile(f"index {index} into a vector of {length}")
    return index


def _builtin_code(code: Any) -> int:
    """The larger of two fields, as TFLite's `GetBuiltinCode` has it.

    Files older than schema 3a keep the number in an 8-bit field; newer ones fill both. Package
    tflite looks at the other field where both are small, and so takes a damaged file for another
    model than TFLite does.
    """
    table = code._tab
    offset = table.Offset(BUILTIN_CODE_SLOT)
    (number,) = struct.unpack_from("<i", table.Bytes, table.Pos + offset) if offset else (0,)
    return max(number, code.DeprecatedBuiltinCode())


def _operator(operator: Any, codes: list[Any]) -> RawOperator:
    code = codes[_within(operator.OpcodeIndex(), len(codes))]
    number = _builtin_code(code)
    kind = _OPERATOR_NAMES.get(number, f"operator code {number}")
    return RawOperator(
        kind=kind,
        custom_name=_text(code.CustomCode()),
        inputs=_few(operator.InputsAsNumpy(), MAX_OPERANDS),
        outputs=_few(operator.OutputsAsNumpy(), MAX_OPERANDS),
        options=_options(operator, kind),
    )


def _options(operator: Any, kind: str) -> dict[str, Any] | None:
    """The options that we use, by the schema's names."""
    if kind not in _OPTION_FIELDS:
        return None
    table_name, names = _OPTION_FIELDS[kind]
    if operator.BuiltinOptionsType() != _OPTION_NUMBERS[table_name]:
        return None
    table = operator.BuiltinOptions()
    if table is None:
        return None
    options = getattr(tflite, table_name)()
    options.Init(table.Bytes, table.Pos)
    return {name: getattr(options, name)() for name in names}
