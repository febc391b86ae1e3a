"""The roofline: what a target could reach at the most, and the layers below it.

A layer is a point: its MACs for each byte that must be moved at the least, and its MACs per cycle.
Above it lie two limits: the multipliers, and the memory, which moves so many bytes per cycle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dwpw.comparison import ComparedLayer, ComparedOperator, ComparedRun, Comparison
from dwpw.model import Graph, Operator
from dwpw.soc_info import SocInfo
from soc.config import MEMORIES

CPU_MACS_PER_CYCLE = 1
"""A CPU that issues an instruction per cycle needs at least one of them for each product."""

BUS_BYTES = 4
"""A 32-bit bus moves a word per cycle at the most; the `ideal` memory is no faster."""

BIAS_BYTES = 4


@dataclass(frozen=True)
class Roof:
    """MACs per cycle that something allows; name: for people."""

    name: str
    macs_per_cycle: float


@dataclass(frozen=True)
class Limits:
    """What a target allows.

    roofs: of the CPU, then of its units' multipliers if it has any.
    bytes_per_cycle: of main RAM; None where nobody has said what the memory is.
    """

    roofs: tuple[Roof, ...]
    bytes_per_cycle: float | None


@dataclass(frozen=True)
class Point:
    """A layer of a run below the roofs: macs per byte and per cycle."""

    layer: ComparedLayer
    run: ComparedRun
    bytes: int
    intensity: float
    speed: float


def limits_of(soc: SocInfo) -> Limits:
    """The limits of what the cycles were counted on."""
    roofs = [Roof("CPU: a product per instruction", CPU_MACS_PER_CYCLE)]
    lanes = int(soc.extension["lanes"])
    if lanes:
        roofs.append(Roof(f"{soc.extension['name']}: {lanes} multipliers", lanes))
    return Limits(tuple(roofs), memory_bytes_per_cycle(soc.memory))


def memory_bytes_per_cycle(memory: str) -> float | None:
    """What main RAM moves at the most; None for a memory that is a board's own."""
    if memory not in MEMORIES:
        return None
    if memory == "ideal":
        return BUS_BYTES
    from soc.sim.sdram import DATA_BITS  # LiteDRAM takes a second to import

    return DATA_BITS / 8


def points_of(comparison: Comparison) -> tuple[Point, ...]:
    """Every layer of every run that multiplies and is exact."""
    operators = {operator.index: operator for operator in comparison.graph.operators}
    return tuple(
        _point(comparison.graph, operators, layer, run)
        for run in comparison.runs
        for layer in run.layers
        if layer.macs and layer.exact and layer.cycles
    )


def _point(
    graph: Graph, operators: Mapping[int, Operator], layer: ComparedLayer, run: ComparedRun
) -> Point:
    moved = moved_bytes(graph, operators, layer.operators)
    return Point(layer, run, moved, layer.macs / moved, layer.macs / layer.cycles)


def moved_bytes(
    graph: Graph, operators: Mapping[int, Operator], step: Sequence[ComparedOperator]
) -> int:
    """What a step must read and write at the least: its tensors once, its constants once; what
    stays inside the step is not moved."""
    own = [operators[one.index] for one in step]
    inside = {operator.output for operator in own[:-1]}
    read = {number for operator in own for number in operator.inputs} - inside
    weights = [one.weights for one in own if one.weights is not None]
    biases = [one.bias for one in own if one.bias is not None]
    tensors = [*read, own[-1].output, *weights]
    return sum(graph.tensors[number].elements for number in tensors) + sum(
        BIAS_BYTES * graph.tensors[number].elements for number in biases
    )
