"""Graph to plan: kernels by rule, tensors by liveness, refusal of what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dwpw.errors import UserError
from dwpw.kernels.packing import KernelRule, LoweredOperator, PackedConstants
from dwpw.kernels.work import Work
from dwpw.model import Graph, Operator
from dwpw.plan.arena import Arena, Buffer, allocate
from dwpw.plan.lower import lower
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target


@dataclass(frozen=True)
class Place:
    """Bytes in the arena."""

    offset: int = 0
    size: int = 0


@dataclass(frozen=True)
class PlannedOperator:
    """An operator with its kernel ("simd/conv_pointwise"), constants and tensors' places.

    work: what the kernel must do at the least; None where nobody has counted it.
    """

    operator: Operator
    lowered: LoweredOperator = field(repr=False)
    kernel: str
    constants: PackedConstants = field(repr=False)
    input: Place
    input2: Place
    output: Place
    scratch: Place
    work: Work | None


@dataclass(frozen=True)
class Plan:
    """Everything that the firmware executes; `dwpw.plan.image` turns it into bytes.

    buffers: what the arena was allocated for, by step (operator position; -1 is before the first).
    """

    graph: Graph = field(repr=False)
    target: Target = field(repr=False)
    kernel_set: KernelSet
    operators: tuple[PlannedOperator, ...]
    input: Place
    output: Place
    arena_size: int
    buffers: tuple[Buffer, ...] = field(repr=False)


def plan(graph: Graph, target: Target, kernel_set: KernelSet) -> Plan:
    """Choose a kernel for every operator and a place for every tensor."""
    lowered = [lower(graph, operator) for operator in graph.operators]
    rules = [_choose(target, kernel_set, one) for one in lowered]
    constants = [rule.pack(one) for rule, one in zip(rules, lowered, strict=True)]
    owners = reshape_owners(graph)
    buffers = _buffers(graph, owners, [one.scratch_bytes for one in constants])
    arena = allocate(buffers)

    def place(tensor: int | None) -> Place:
        if tensor is None:
            return Place()
        return Place(arena.offsets[owners[tensor]], graph.tensors[tensor].elements)

    operators = tuple(
        PlannedOperator(
            operator=operator,
            lowered=one,
            kernel=rule.name,
            constants=packed,
            input=place(operator.input),
            input2=place(operator.input2),
            output=place(operator.output),
            scratch=_scratch_place(arena, step, packed.scratch_bytes),
            work=rule.work(one, packed) if rule.work else None,
        )
        for step, (operator, one, rule, packed) in enumerate(
            zip(graph.operators, lowered, rules, constants, strict=True)
        )
    )
    return Plan(
        graph=graph,
        target=target,
        kernel_set=kernel_set,
        operators=operators,
        input=place(graph.input),
        output=place(graph.output),
        arena_size=arena.size,
        buffers=buffers,
    )


def _choose(target: Target, wanted: KernelSet, operator: LoweredOperator) -> KernelRule:
    """The first rule that takes the operator, from the wanted set or a simpler one."""
    for rule in target.rules(wanted):
        if not rule.accepts(operator):
            continue
        if rule.lacks:
            raise UserError(
                f"operator {operator.index} ({operator.kind}): kernel {rule.name} needs"
                f" {rule.lacks} (target {target.name})"
            )
        return rule
    raise UserError(
        f"operator {operator.index} ({operator.kind}): no kernel of '{wanted.name}'"
        " or a simpler set takes these parameters"
    )


def reshape_owners(graph: Graph) -> dict[int, int]:
    """For every activation the tensor whose bytes it shares: RESHAPE moves nothing."""
    owners = {graph.input: graph.input}
    for operator in graph.operators:
        shares = operator.kind == "RESHAPE"
        owners[operator.output] = owners[operator.input] if shares else operator.output
    return owners


def _buffers(
    graph: Graph, owners: dict[int, int], scratch_bytes: Sequence[int]
) -> tuple[Buffer, ...]:
    """Lifetimes in steps: written at the first, read until the last."""
    first = {owners[graph.input]: -1}
    last = {owners[graph.input]: -1}
    for step, operator in enumerate(graph.operators):
        for tensor in (operator.input, operator.input2):
            if tensor is not None:
                last[owners[tensor]] = step
        owner = owners[operator.output]
        first.setdefault(owner, step)
        last[owner] = step
    last[owners[graph.output]] = len(graph.operators)
    tensors = tuple(
        Buffer(owner, graph.tensors[owner].elements, first[owner], last[owner]) for owner in first
    )
    scratch = tuple(
        Buffer(("scratch", step), size, step, step)
        for step, size in enumerate(scratch_bytes)
        if size
    )
    return tensors + scratch


def _scratch_place(arena: Arena, step: int, size: int) -> Place:
    return Place(arena.offsets[("scratch", step)], size) if size else Place()
