"""Every operator of a model file, those that dwpw does not run as well: what it costs, and which
kernel each set would take.  Only a file that is no TFLite model is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

import numpy as np

from dwpw.errors import UserError
from dwpw.model import Graph, Operator
from dwpw.model.context import OperatorContext, short_name
from dwpw.model.edges import HOST_KERNEL, read_edges
from dwpw.model.flatbuffer import RawModel, RawTensor
from dwpw.model.folding import fold, is_folded
from dwpw.model.operators import READERS
from dwpw.model.read import contexts_of, read_operators, read_raw, with_values
from dwpw.plan.lower import lower
from dwpw.plan.planner import choose_rule
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target

Shape = tuple[int, ...]


@dataclass(frozen=True)
class SurveyedTensor:
    """The model's input or output; scale and zero point are None where it is not quantised."""

    name: str
    shape: Shape
    dtype: str
    scale: float | None
    zero_point: int | None


@dataclass(frozen=True)
class SurveyedOperator:
    """One operator of the file.

    operator: as dwpw runs it, None where it does not.
    inputs: shapes of the activations that it reads; output: of the first tensor that it writes.
    macs, parameters: multiply-accumulates of one inference; weights and biases.
    live_bytes: of all activations that must be kept while it runs, its own included.
    problem: why dwpw does not run it; empty when it does.
    kernels: by kernel set; `HOST_KERNEL`, or None where there is none.
    """

    index: int
    kind: str
    name: str
    operator: Operator | None = field(repr=False)
    inputs: tuple[Shape, ...]
    output: Shape
    macs: int
    parameters: int
    live_bytes: int
    problem: str
    kernels: Mapping[str, str | None]


@dataclass(frozen=True)
class Survey:
    """A model file as a whole; sizes in bytes."""

    path: Path
    sha256: str
    size: int
    target: Target
    inputs: tuple[SurveyedTensor, ...]
    outputs: tuple[SurveyedTensor, ...]
    operators: tuple[SurveyedOperator, ...]

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        return sum(one.macs for one in self.operators)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum(one.parameters for one in self.operators)

    @property
    def peak_bytes(self) -> int:
        """The most activation bytes that must be kept at a time; kernels may want more."""
        return max((one.live_bytes for one in self.operators), default=0)

    @property
    def unsupported(self) -> tuple[SurveyedOperator, ...]:
        """The operators that dwpw does not run."""
        return tuple(one for one in self.operators if one.problem)


def survey(path: Path, target: Target) -> Survey:
    """Look at every operator of a file; `UserError` when it is no TFLite model."""
    return survey_raw(path, read_raw(path), target)


def survey_raw(path: Path, raw: RawModel, target: Target) -> Survey:
    """Look at every operator of a decoded file."""
    contexts, read, problems = _read(contexts_of(path, raw))
    edges = _edges(contexts, raw, problems)
    kernels = {
        one.name: _kernels(path, contexts, read, target, one, problems)
        | dict.fromkeys(edges, HOST_KERNEL)
        for one in target.kernel_sets
    }
    alive = _live_bytes(contexts, raw, read)
    return Survey(
        path=path,
        sha256=hashlib.sha256(raw.content).hexdigest(),
        size=len(raw.content),
        target=target,
        inputs=_tensors(raw, raw.inputs),
        outputs=_tensors(raw, raw.outputs),
        operators=tuple(
            SurveyedOperator(
                index=context.index,
                kind=context.raw.kind,
                name=context.name,
                operator=next(iter(read.get(context.index, ())), None),
                inputs=_input_shapes(context),
                output=_shape(context, context.raw.outputs, 0),
                macs=_macs(context),
                parameters=_parameters(context),
                live_bytes=alive[context.index],
                problem=problems.get(context.index, ""),
                kernels={name: found.get(context.index) for name, found in kernels.items()},
            )
            for context in contexts
        ),
    )


def _read(
    contexts: list[OperatorContext],
) -> tuple[list[OperatorContext], dict[int, tuple[Operator, ...]], dict[int, str]]:
    """The operators with what could be folded, those that dwpw reads, and why it does not read the
    others, by index."""
    read: dict[int, tuple[Operator, ...]] = {}
    problems: dict[int, str] = {}
    try:
        contexts = with_values(contexts, fold(contexts))
    except UserError as error:
        for context in contexts:
            if is_folded(context):
                problems[context.index] = _reason(context, error)
    for context in contexts:
        if is_folded(context):
            continue
        if context.raw.kind not in READERS:
            problems[context.index] = "is not supported"
            continue
        try:
            read[context.index] = read_operators(context)
        except UserError as error:
            problems[context.index] = _reason(context, error)
    return contexts, read, problems


def _edges(
    contexts: Sequence[OperatorContext], raw: RawModel, problems: dict[int, str]
) -> tuple[int, ...]:
    """The operators at the model's edges that the host works out; they are no problem."""
    try:
        edges = tuple(read_edges([one for one in contexts if not is_folded(one)], raw))
    except UserError:
        return ()
    for index in edges:
        problems.pop(index, None)
    return edges


def _reason(context: OperatorContext, error: UserError) -> str:
    """The message without file and operator, which stand beside it."""
    return str(error).removeprefix(f"{context.path}: ").split("): ", 1)[-1]


def _kernels(
    path: Path,
    contexts: Sequence[OperatorContext],
    read: Mapping[int, tuple[Operator, ...]],
    target: Target,
    wanted: KernelSet,
    problems: dict[int, str],
) -> dict[int, str]:
    """Kernel by operator.  An operator that no kernel takes goes to `problems`."""
    found = {
        context.index: HOST_KERNEL
        for context in contexts
        if is_folded(context) and context.index not in problems
    }
    operators = tuple(operator for several in read.values() for operator in several)
    if not operators:
        return found
    tensors = contexts[0].tensors
    first, last = operators[0].input, operators[-1].output
    graph = Graph(path, "", b"", tensors, operators, (first,), (last,))
    lowered = [lower(graph, operator) for operator in operators]
    place = 0
    while place < len(operators):
        try:
            rule, length = choose_rule(graph, target, wanted, lowered, place)
        except UserError as error:
            problems.setdefault(operators[place].index, str(error).split("): ", 1)[-1])
            place += 1
            continue
        for operator in operators[place : place + length]:
            found[operator.index] = rule.name
        place += length
    return found


def _tensors(raw: RawModel, numbers: Sequence[int]) -> tuple[SurveyedTensor, ...]:
    """Those that the file has."""
    return tuple(_tensor(raw.tensors[n]) for n in numbers if 0 <= n < len(raw.tensors))


def _tensor(tensor: RawTensor) -> SurveyedTensor:
    quantised = len(tensor.scales) == 1 and len(tensor.zero_points) == 1
    return SurveyedTensor(
        name=short_name(tensor.name),
        shape=tensor.shape,
        dtype=tensor.type,
        scale=float(tensor.scales[0]) if quantised else None,
        zero_point=int(tensor.zero_points[0]) if quantised else None,
    )


def _known(context: OperatorContext, number: int) -> bool:
    return 0 <= number < len(context.tensors)


def _is_activation(context: OperatorContext, number: int) -> bool:
    return _known(context, number) and context.model.tensors[number].content is None


def _shape(context: OperatorContext, numbers: Sequence[int], position: int) -> Shape:
    """Of a tensor by its place among inputs or outputs; () where there is none."""
    number = numbers[position] if position < len(numbers) else -1
    return context.tensors[number].shape if _known(context, number) else ()


def _input_shapes(context: OperatorContext) -> tuple[Shape, ...]:
    return tuple(
        context.tensors[number].shape
        for number in context.raw.inputs
        if _is_activation(context, number)
    )


def _macs(context: OperatorContext) -> int:
    """From the shapes, whatever the types: of operators that dwpw refuses as well."""
    output, weights = (
        _shape(context, context.raw.outputs, 0),
        _shape(context, context.raw.inputs, 1),
    )
    if not weights:
        return 0
    match context.raw.kind:
        case "CONV_2D" | "FULLY_CONNECTED":
            return prod(output) * prod(weights[1:])
        case "DEPTHWISE_CONV_2D":
            return prod(output) * prod(weights[1:3])
    return 0


def _parameters(context: OperatorContext) -> int:
    if context.raw.kind not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        return 0
    numbers = context.raw.inputs[1:3]
    return sum(prod(context.tensors[n].shape) for n in numbers if _known(context, n))


def _live_bytes(
    contexts: Sequence[OperatorContext], raw: RawModel, read: Mapping[int, tuple[Operator, ...]]
) -> dict[int, int]:
    """For each operator the bytes of activations between their first and their last use.

    What leaves the bytes as they are, such as RESHAPE, has its input's bytes for its output.
    """
    owners: dict[int, int] = {}
    first: dict[int, int] = dict.fromkeys(raw.inputs, 0)
    last: dict[int, int] = {}
    for context in contexts:
        reads, writes = context.raw.inputs, context.raw.outputs
        if any(one.same_bytes for one in read.get(context.index, ())):
            owners[writes[0]] = owners.get(reads[0], reads[0])
        for number in (*reads, *writes):
            if _is_activation(context, number):
                owner = owners.get(number, number)
                first.setdefault(owner, context.index)
                last[owner] = context.index
    for number in raw.outputs:
        last[owners.get(number, number)] = len(contexts)
    sizes = {number: _bytes(contexts[0], number) for number in last} if contexts else {}
    return {
        context.index: sum(
            size
            for number, size in sizes.items()
            if first.get(number, 0) <= context.index <= last[number]
        )
        for context in contexts
    }


def _bytes(context: OperatorContext, number: int) -> int:
    if not _known(context, number):
        return 0
    tensor = context.tensors[number]
    try:
        width = np.dtype(tensor.dtype).itemsize
    except TypeError:  # a type of the schema that NumPy does not have, such as int4
        width = 1
    return prod(max(size, 1) for size in tensor.shape) * width
