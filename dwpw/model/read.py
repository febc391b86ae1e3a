"""Reading a .tflite file into a `Graph`, or refusing it in one clear line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np

from dwpw.errors import UserError
from dwpw.image.limits import MAX_INPUTS, MAX_OUTPUTS
from dwpw.model.context import OperatorContext, activation_problem
from dwpw.model.edges import EDGE_KINDS, read_edges
from dwpw.model.flatbuffer import IDENTIFIER, DamagedFile, RawModel, RawTensor, decode
from dwpw.model.folding import fold, is_folded
from dwpw.model.graph import Graph, Operator, Tensor
from dwpw.model.operators import READERS
from dwpw.model.repair import repaired

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
    _require_ends(path, raw)
    contexts = contexts_of(path, raw)
    contexts = with_values(contexts, fold(contexts))
    tensors = contexts[0].tensors
    contexts = [context for context in contexts if not is_folded(context)]
    _require_known(path, contexts)
    edges = read_edges(contexts, raw)
    inner = [context for context in contexts if context.index not in edges]
    inputs, outputs = (
        tuple(_end(path, raw, tensors, number, edges, role) for number in dict.fromkeys(numbers))
        for role, numbers in (("input", raw.inputs), ("output", raw.outputs))
    )
    if len({*inputs}) < len(inputs):
        raise UserError(f"{path}: is damaged: an operator writes one of its inputs")
    pairs = [(context, operator) for context in inner for operator in read_operators(context)]
    operators = tuple(operator for _, operator in pairs)
    if not operators:
        raise UserError(f"{path}: has no operators but those that convert values")
    _check_order(path, operators, [context for context, _ in pairs], inputs, outputs)
    content, repairs = repaired(raw.content)
    return Graph(
        path=path,
        sha256=hashlib.sha256(raw.content).hexdigest(),
        content=content,
        repairs=repairs,
        tensors=tensors,
        operators=operators,
        inputs=inputs,
        outputs=outputs,
        edges=tuple(edges.values()),
    )


def _require_ends(path: Path, raw: RawModel) -> None:
    """Some inputs and outputs, and no more than an image has room for."""
    for role, numbers, most in (
        ("inputs", raw.inputs, MAX_INPUTS),
        ("outputs", raw.outputs, MAX_OUTPUTS),
    ):
        if not numbers:
            raise UserError(f"{path}: has no {role}")
        if len(numbers) > most:
            raise UserError(
                f"{path}: has {len(numbers)} {role}; dwpw runs models with up to {most}"
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
    if raw.type == "uint8":
        return replace(_tensor(index, as_int8(raw)), unsigned=True)
    data = None
    if raw.content is not None and raw.type in DATA_TYPES:
        dtype = np.dtype(raw.type).newbyteorder("<")
        if all(d >= 0 for d in raw.shape) and raw.content.size == prod(raw.shape) * dtype.itemsize:
            # No copy: in a hostile file thousands of tensors may share their bytes.
            data = raw.content.view(dtype).reshape(raw.shape).astype(raw.type, copy=False)
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


def as_int8(raw: RawTensor) -> RawTensor:
    """A uint8 tensor with all values and zero points less 128."""
    content = None if raw.content is None else raw.content ^ np.uint8(0x80)
    return replace(raw, type="int8", content=content, zero_points=raw.zero_points - 128)


def _end(
    path: Path,
    raw: RawModel,
    tensors: tuple[Tensor, ...],
    index: int,
    edges: Mapping[int, Operator],
    role: str,
) -> int:
    """The int8 tensor at an input or output of the model: itself, or that beyond an edge."""
    if not 0 <= index < len(tensors):
        raise UserError(f"{path}: is damaged: its {role} is tensor {index} of {len(tensors)}")
    for edge in edges.values():
        if index == (edge.input if role == "input" else edge.output):
            return edge.output if role == "input" else edge.input
    problem = activation_problem(tensors[index], raw.tensors[index])
    if problem is not None:
        raise UserError(f"{path}: {role} {problem}")
    return index


def _require_known(path: Path, contexts: Sequence[OperatorContext]) -> None:
    """Say all that is missing at once, and how much of the work lies before it."""
    missing = Counter(
        f"{context.raw.kind} '{context.raw.custom_name}'"
        if context.raw.kind == "CUSTOM"
        else context.raw.kind
        for context in contexts
        if context.raw.kind not in READERS and context.raw.kind not in EDGE_KINDS
    )
    if not missing:
        return
    kinds = ", ".join(f"{kind} ({count})" for kind, count in missing.most_common())
    first = next(
        place
        for place, context in enumerate(contexts)
        if context.raw.kind not in READERS and context.raw.kind not in EDGE_KINDS
    )
    macs = [_macs(context) for context in contexts]
    share = 100 * sum(macs[:first]) / sum(macs) if sum(macs) else 0
    raise UserError(
        f"{path}: has operators that are not supported: {kinds}; the first is operator"
        f" {contexts[first].index} ({contexts[first].raw.kind} '{contexts[first].name}'), and"
        f" {share:.0f} % of the MACs lie before it"
    )


def read_operators(context: OperatorContext) -> tuple[Operator, ...]:
    """One operator of the file, checked; several where it has several outputs."""
    found = READERS[context.raw.kind](context)
    return found if isinstance(found, tuple) else (found,)


def _macs(context: OperatorContext) -> int:
    """Of an operator that may be wrong in itself."""
    try:
        return sum(operator.macs for operator in read_operators(context))
    except (UserError, KeyError):
        return 0


def _check_order(
    path: Path,
    operators: tuple[Operator, ...],
    contexts: Sequence[OperatorContext],
    inputs: Sequence[int],
    outputs: Sequence[int],
) -> None:
    """Every tensor is written once, before it is read."""
    written = {*inputs}
    for operator, context in zip(operators, contexts, strict=True):
        for index in operator.inputs:
            context.require(
                index in written,
                f"reads tensor {index} before it is written; the file is damaged",
            )
        context.require(
            operator.output not in written,
            f"writes tensor {operator.output}, which is written already; the file is damaged",
        )
        written.add(operator.output)
    for output in outputs:
        if output not in written - {*inputs}:
            raise UserError(f"{path}: is damaged: no operator writes its output, tensor {output}")
