"""Graph to plan: kernels by rule, tensors by liveness, refusal of what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dwpw.errors import UserError
from dwpw.image.limits import MAX_STEP
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
    """An operator with its constants and its tensors' places.

    inputs: every tensor that it reads.
    A tensor that stays inside a step has no place: it is never stored.
    """

    operator: Operator
    lowered: LoweredOperator = field(repr=False)
    constants: PackedConstants = field(repr=False)
    input: Place
    input2: Place
    output: Place
    scratch: Place
    inputs: tuple[Place, ...] = ()

    @property
    def stored(self) -> bool:
        """Whether the output lies in the arena when the step is over."""
        return self.output.size > 0


@dataclass(frozen=True)
class PlannedStep:
    """Operators that one kernel ("simd/conv_pointwise") computes in one call.

    work: what the kernel must do at the least; None where nobody has counted it.
    """

    kernel: str
    operators: tuple[PlannedOperator, ...]
    work: Work | None


@dataclass(frozen=True)
class Plan:
    """Everything that the firmware executes; `dwpw.plan.image` turns it into bytes.

    buffers: what the arena was allocated for, by step (-1 is before the first).
    """

    graph: Graph = field(repr=False)
    target: Target = field(repr=False)
    kernel_set: KernelSet
    steps: tuple[PlannedStep, ...]
    inputs: tuple[Place, ...]
    outputs: tuple[Place, ...]
    arena_size: int
    buffers: tuple[Buffer, ...] = field(repr=False)

    @property
    def operators(self) -> tuple[PlannedOperator, ...]:
        """Those of all steps, in the graph's order."""
        return tuple(planned for step in self.steps for planned in step.operators)


@dataclass(frozen=True)
class _Step:
    """Operators `first` to `end` of the graph, `end` excluded, with their kernel."""

    first: int
    end: int
    rule: KernelRule
    constants: tuple[PackedConstants, ...]


def plan(
    graph: Graph,
    target: Target,
    kernel_set: KernelSet,
    traced: bool = False,
    keep_inputs: bool = False,
) -> Plan:
    """Choose a kernel for every operator, or for several together, and a place for every tensor.

    traced: the tensors inside a step are stored too, so that each can be looked at; the kernels
    are the same.
    keep_inputs: nothing is stored over the model's inputs, so that the plan can run again.
    """
    lowered = [lower(graph, operator) for operator in graph.operators]
    steps = tuple(_steps(graph, target, kernel_set, lowered, traced))
    inside = set() if traced else _inside(graph, steps)
    owners = reshape_owners(graph)
    buffers = _buffers(graph, steps, owners, inside, keep_inputs)
    arena = allocate(buffers)

    def place(tensor: int | None) -> Place:
        if tensor is None or tensor in inside:
            return Place()
        return Place(arena.offsets[owners[tensor]], graph.tensors[tensor].elements)

    def planned(position: int, packed: PackedConstants) -> PlannedOperator:
        operator = graph.operators[position]
        return PlannedOperator(
            operator=operator,
            lowered=lowered[position],
            constants=packed,
            input=place(operator.input),
            input2=place(operator.input2),
            output=place(operator.output),
            scratch=_scratch_place(arena, position, packed.scratch_bytes),
            inputs=tuple(map(place, operator.inputs)),
        )

    return Plan(
        graph=graph,
        target=target,
        kernel_set=kernel_set,
        steps=tuple(
            PlannedStep(
                kernel=step.rule.name,
                operators=tuple(map(planned, range(step.first, step.end), step.constants)),
                work=_work(step, lowered),
            )
            for step in steps
        ),
        inputs=tuple(map(place, graph.inputs)),
        outputs=tuple(map(place, graph.outputs)),
        arena_size=arena.size,
        buffers=buffers,
    )


def _steps(
    graph: Graph,
    target: Target,
    wanted: KernelSet,
    lowered: Sequence[LoweredOperator],
    traced: bool,
) -> Iterator[_Step]:
    """The whole graph, step by step."""
    position = 0
    while position < len(lowered):
        rule, length = choose_rule(graph, target, wanted, lowered, position)
        end = position + length
        yield _Step(position, end, rule, rule.constants(lowered[position:end], traced))
        position = end


def choose_rule(
    graph: Graph,
    target: Target,
    wanted: KernelSet,
    lowered: Sequence[LoweredOperator],
    position: int,
) -> tuple[KernelRule, int]:
    """The first rule that takes what begins here, from the wanted set or a simpler one, and how
    many operators it takes."""
    operator = lowered[position]
    longest = chain_length(graph, position)
    for rule in target.rules(wanted):
        length = rule.length(lowered[position : position + min(longest, rule.window)])
        if not length:
            continue
        if rule.lacks:
            raise UserError(
                f"{graph.path}: operator {operator.index} ({operator.kind}): kernel {rule.name}"
                f" needs {rule.lacks} (target {target.name})"
            )
        return rule, length
    raise UserError(
        f"{graph.path}: operator {operator.index} ({operator.kind}): no kernel of '{wanted.name}'"
        " or a simpler set takes these parameters"
    )


def chain_length(graph: Graph, position: int) -> int:
    """How many operators from here on follow one another so that nobody else reads what lies
    between; up to MAX_STEP.

    What moves nothing, such as RESHAPE, is always a step of its own.
    """
    first, *behind = graph.operators[position : position + MAX_STEP]
    length = 1
    for before, operator in zip((first, *behind), behind, strict=False):
        read = sum(other.inputs.count(before.output) for other in graph.operators)
        alone = operator.input == before.output and read == 1
        if not alone or before.output in graph.outputs:
            break
        if before.same_bytes or operator.same_bytes:
            break
        length += 1
    return length


def _inside(graph: Graph, steps: Sequence[_Step]) -> set[int]:
    """The tensors that lie between the operators of a step."""
    return {
        operator.output for step in steps for operator in graph.operators[step.first : step.end - 1]
    }


def _work(step: _Step, lowered: Sequence[LoweredOperator]) -> Work | None:
    if step.rule.work is None:
        return None
    return step.rule.work(*lowered[step.first : step.end], *step.constants)


def reshape_owners(graph: Graph) -> dict[int, int]:
    """For every activation the tensor whose bytes it shares: RESHAPE, say, moves nothing."""
    owners = {number: number for number in graph.inputs}
    for operator in graph.operators:
        shared = operator.same_bytes
        owners[operator.output] = owners[operator.input] if shared else operator.output
    return owners


def _buffers(
    graph: Graph,
    steps: Sequence[_Step],
    owners: dict[int, int],
    inside: set[int],
    keep_inputs: bool,
) -> tuple[Buffer, ...]:
    """Lifetimes in steps: written at the first, read until the last."""
    first = dict.fromkeys(graph.inputs, -1)
    last = dict.fromkeys(graph.inputs, -1)
    scratch = []
    for number, step in enumerate(steps):
        for position, constants in zip(range(step.first, step.end), step.constants, strict=True):
            operator = graph.operators[position]
            for tensor in operator.inputs:
                last[owners[tensor]] = number
            owner = owners[operator.output]
            first.setdefault(owner, number)
            last[owner] = number
            if constants.scratch_bytes:
                key = ("scratch", position)
                scratch.append(Buffer(key, constants.scratch_bytes, number, number))
    for tensor in (*graph.outputs, *(graph.inputs if keep_inputs else ())):
        last[owners[tensor]] = len(steps)
    tensors = tuple(
        Buffer(owner, graph.tensors[owner].elements, first[owner], last[owner])
        for owner in first
        if owner not in inside
    )
    return (*tensors, *scratch)


def _scratch_place(arena: Arena, position: int, size: int) -> Place:
    return Place(arena.offsets[("scratch", position)], size) if size else Place()
