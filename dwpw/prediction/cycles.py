"""What the cycle model says about the steps of a network, operator by operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.kernels.packing import LoweredOperator
from dwpw.model import Graph
from dwpw.plan.lower import lower
from dwpw.plan.planner import chain_length
from dwpw.stream.model import Rates
from dwpw.stream.program import Program, make_program
from dwpw.stream.step import takes


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

    total: of the step; more than its operators', by the stores at the end and the CPU's part.
    """

    operators: tuple[OperatorCycles, ...]
    total: float


def predict_step(
    operators: Sequence[LoweredOperator], program: Program, rates: Rates
) -> StepCycles:
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
    return StepCycles(tuple(rows), rates.start + program.timing.total)


def steps_of(geometry: Geometry, graph: Graph) -> Iterator[tuple[LoweredOperator, ...]]:
    """Steps of the unit, each as long as can be; operators that it does not take are left out."""
    lowered = [lower(graph, operator) for operator in graph.operators]
    place = 0
    while place < len(lowered):
        chain = lowered[place : place + chain_length(graph, place)]
        length = takes(geometry, *chain)
        if length:
            yield tuple(chain[:length])
        place += max(length, 1)


def predict(geometry: Geometry, graph: Graph, rates: Rates | None = None) -> tuple[StepCycles, ...]:
    """The cycles of all steps that the unit takes."""
    rates = rates or Rates()
    return tuple(
        predict_step(step, make_program(geometry, step, rates=rates), rates)
        for step in steps_of(geometry, graph)
    )
