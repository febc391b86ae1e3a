"""Reading a .tflite file into a `Graph`, or refusing it in one clear line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np

from dwpw.errors import UserError
from dwpw.model.context import OperatorContext, activation_problem
from dwpw.model.flatbuffer import IDENTIFIER, DamagedFile, RawModel, RawTensor, decode
from dwpw.model.folding import FOLDERS, fold
from dwpw.model.graph import Graph, Operator, Tensor
from dwpw.model.operators import READERS

DATA_TYPES = ("int8", "int32", "int64")
"""Types that constants of a supported operator can have."""


def read_model(path: str | Path) -> Graph:
    """Read and check a model; `UserError` names the file, the operator and the remedy."""
    path = Path(path)
    return check(path, read_raw(path))


def read_raw(path: Path) -> RawModel:
    """The file decoded, nothing of it judged; `UserError` when it is no TFLite model."""
    return _decode(path, _read_file(path))


def contexts_of(path: Path, raw: RawModel) -> list[OperatorContext]:
    """The operators of a decoded model in their surroundings."""
    tensors = tuple(_tensor(index, tensor) for index, tensor in enumerate(raw.tensors))
    return [
        OperatorContext(path, index, operator, raw, tensors)
        for index, operator in enumerate(raw.operators)
    ]


def with_values(
    contexts: Sequence[OperatorContext], values: Mapping[int, np.ndarray]
) -> list[OperatorContext]:
    """The same operators where tensors have values that were worked out (`fold`)."""
    if not contexts:
        return []
    tensors = tuple(
        replace(one, data=values.get(one.index, one.data)) for one in contexts[0].tensors
    )
    return [replace(context, tensors=tensors) for context in contexts]


def check(path: Path, raw: RawModel) -> Graph:
    """The graph of a decoded model; `path` is for its error messages."""
    if raw.subgraphs != 1:
        raise UserError(f"{path}: has {raw.subgraphs} subgraphs; dwpw runs models with one")
    if not raw.operators:
        raise UserError(f"{path}: has no operators")
    contexts = contexts_of(path, raw)
    tensors = contexts[0].tensors
    source = _single(path, raw, tensors, raw.inputs, "input")
    output = _single(path, raw, tensors, raw.outputs, "output")
    contexts = with_values(contexts, fold(contexts))
    tensors = contexts[0].tensors
    contexts = [context for context in contexts if context.raw.kind not in FOLDERS]
    operators = tuple(read_operator(context) for context in contexts)
    _check_order(path, operators, contexts, source, output)
    return Graph(
        path=path,
        sha256=hashlib.sha256(raw.content).hexdigest(),
        content=raw.content,
        tensors=tensors,
        operators=operators,
        input=source,
        output=output,
    )


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error


def _decode(path: Path, content: bytes) -> RawModel:
    if content[4:8] != IDENTIFIER:
        raise UserError(f"{path}: is not a TFLite model (no 'TFL3' at byte 4)")
    try:
        return decode(content)
    except DamagedFile as error:
        raise UserError(
            f"{path}: is damaged or truncated: {error}; convert or download it again"
        ) from error


def _tensor(index: int, raw: RawTensor) -> Tensor:
    """A tensor with its data, if it has such a type and the right number of bytes."""
    data = None
    if raw.content is not None and raw.type in DATA_TYPES:
        dtype = np.dtype(raw.type).newbyteorder("<")
        if all(d >= 0 for d in raw.shape) and raw.content.size == prod(raw.shape) * dtype.itemsize:
            data = np.frombuffer(raw.content.tobytes(), dtype).reshape(raw.shape).astype(raw.type)
            data.setflags(write=False)
    return Tensor(
        index=index,
        name=raw.name,
        shape=raw.shape,
        dtype=raw.type,
        scales=raw.scales,
        zero_points=raw.zero_points,
        quantised_dimension=raw.quantised_dimension,
        data=data,
    )


def _single(
    path: Path, raw: RawModel, tensors: tuple[Tensor, ...], indices: tuple[int, ...], role: str
) -> int:
    """The number of the model's only input or output."""
    if len(indices) != 1:
        raise UserError(f"{path}: has {len(indices)} {role}s; dwpw runs models with one {role}")
    index = indices[0]
    if not 0 <= index < len(tensors):
        raise UserError(f"{path}: is damaged: its {role} is tensor {index} of {len(tensors)}")
    problem = activation_problem(tensors[index], raw.tensors[index])
    if problem is not None:
        raise UserError(f"{path}: {role} {problem}")
    return index


def read_operator(context: OperatorContext) -> Operator:
    """One operator, checked."""
    kind = context.raw.kind
    if kind == "CUSTOM":
        context.fail("custom operators are not supported")
    if kind not in READERS:
        context.fail(f"is not supported (supported: {', '.join(READERS)})")
    return READERS[kind](context)


def _check_order(
    path: Path,
    operators: tuple[Operator, ...],
    contexts: Sequence[OperatorContext],
    source: int,
    output: int,
) -> None:
    """Every tensor is written once, before it is read."""
    written = {source}
    for operator, context in zip(operators, contexts, strict=True):
        for index in (operator.input, operator.input2):
            context.require(
                index is None or index in written,
                f"reads tensor {index} before it is written; the file is damaged",
            )
        context.require(
            operator.output not in written,
            f"writes tensor {operator.output}, which is written already; the file is damaged",
        )
        written.add(operator.output)
    if output not in written - {source}:
        raise UserError(f"{path}: is damaged: no operator writes its output, tensor {output}")
