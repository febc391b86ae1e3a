"""What the cycle model says about the steps of a network, operator by operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.image.limits import MAX_STEP
from dwpw.kernels.packing import LoweredOperator
from dwpw.model import Graph
from dwpw.plan.lower import lower
from dwpw.stream.model import Rates
from dwpw.stream.program import Program, make_program
from dwpw.stream.step import accepts


@dataclass(frozen=True)
class OperatorCycles:
    """Of an operator in a step.

    busy: cycles in which the compute engine works on it.
    waiting: cycles in which the compute engine waits for what it needs.
    moving: cycles of the memory engine for its tensors and weights.
    """

    operator: LoweredOperator
    busy: float
    waiting: float
    moving: float


@dataclass(frozen=True)
class StepCycles:
    """Of a step.

    total: from the start of the program to its end; more than its operators', by the stores at
        the end.
    """

    operators: tuple[OperatorCycles, ...]
    total: float


def predict_step(operators: Sequence[LoweredOperator], program: Program) -> StepCycles:
    """The cycles of a program."""
    busy, waiting, moving = ([0.0] * len(operators) for _ in range(3))
    before = 0.0
    for job, (start, end) in zip(program.computes, program.timing.computes, strict=True):
        waiting[job.operator] += start - before
        busy[job.operator] += end - start
        before = end
    for move in program.moves:
        moving[move.operator] += move.cycles
    rows = map(OperatorCycles, operators, busy, waiting, moving)
    return StepCycles(tuple(rows), program.timing.total)


def steps_of(geometry: Geometry, graph: Graph) -> Iterator[tuple[LoweredOperator, ...]]:
    """Steps of the unit, each as long as can be; operators that it does not take are left out."""
    lowered = [lower(graph, operator) for operator in graph.operators]
    place = 0
    while place < len(lowered):
        end = place
        while end < len(lowered) and end - place < MAX_STEP:
            follows = end == place or _follows(graph, end)
            if not follows or not accepts(geometry, *lowered[place : end + 1]):
                break
            end += 1
        if end > place:
            yield tuple(lowered[place:end])
        place = max(end, place + 1)


def _follows(graph: Graph, place: int) -> bool:
    """Whether an operator reads the output of the one before, and nobody else does."""
    between = graph.operators[place - 1].output
    readers = [one for operator in graph.operators for one in operator.inputs if one == between]
    return (
        len(readers) == 1
        and graph.operators[place].input == between
        and between not in graph.outputs
    )


def predict(geometry: Geometry, graph: Graph, rates: Rates | None = None) -> tuple[StepCycles, ...]:
    """The cycles of all steps that the unit takes."""
    rates = rates or Rates()
    return tuple(
        predict_step(step, make_program(geometry, step, rates=rates))
        for step in steps_of(geometry, graph)
    )
