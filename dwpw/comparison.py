"""Run logs of several kernel sets beside the golden layers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from dwpw.activity import Activity, Turns, activity, turns_of
from dwpw.engines import HOST, SIMULATOR
from dwpw.golden import GoldenLayer, GoldenLayers
from dwpw.model import Graph, Operator
from dwpw.model.edges import HOST_KERNEL
from dwpw.plan.planner import Plan, PlannedStep
from dwpw.runlog import Measurement, RunLayer, RunLog
from dwpw.soc_info import SocInfo


@dataclass(frozen=True)
class ComparedOperator:
    """An operator of the model: what every run of it has in common.

    index: in the .tflite file.  shape: of its output.
    """

    index: int
    kind: str
    name: str
    group: str
    shape: tuple[int, ...]
    window: str
    macs: int


@dataclass(frozen=True)
class ComparedPart:
    """Operators of a step whose kernel tells when they were done; they overlap with their
    neighbours, so what one takes is what passed since the part before it was done."""

    operators: tuple[ComparedOperator, ...]
    cycles: int


@dataclass(frozen=True)
class ComparedLayer:
    """One step of one run, or several that another run makes in one.

    kernels: of each step.  tensors: how many it stored.
    cycles: a result only if `exact`, which is said of the tensors that were stored.
    parts: of a step whose kernel tells; together a little less than its cycles.
    turns: of a step that a unit's engines carry out, what they did when, if it was watched.
    """

    operators: tuple[ComparedOperator, ...]
    kernels: tuple[str, ...]
    tensors: int
    cycles: int
    instructions: int
    exact: bool
    parts: tuple[ComparedPart, ...] = ()
    turns: Turns = field(default_factory=dict, repr=False)

    @property
    def engines(self) -> tuple[Mapping[str, Activity], ...]:
        """What each engine did for each operator; nothing where nobody has watched."""
        return activity(self.turns, len(self.operators))

    @property
    def index(self) -> int:
        """Of its first operator in the file."""
        return self.operators[0].index

    @property
    def number(self) -> str:
        """Of its operators in the file: "3", or "3-4"."""
        last = self.operators[-1].index
        return str(self.index) if self.index == last else f"{self.index}-{last}"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the last output."""
        return self.operators[-1].shape

    @property
    def macs(self) -> int:
        """Of all its operators."""
        return sum(operator.macs for operator in self.operators)

    @property
    def group(self) -> str:
        """The part of a MobileNet that it belongs to."""
        groups = {operator.group for operator in self.operators}
        return groups.pop() if len(groups) == 1 else FUSED


@dataclass(frozen=True)
class ComparedRun:
    """One kernel set. `cycles` is a result only if `exact`.

    cycles, instructions: of the whole inference, measured with nothing between the layers.
    exact: every tensor of the run layer by layer, the output of both runs, and the edges.
    edges: what the host does in front of the SoC's part of the model and behind it.
    """

    kernels: str
    cycles: int
    instructions: int
    exact: bool
    output: tuple[int, ...]
    layers: tuple[ComparedLayer, ...]
    edges: tuple[ComparedLayer, ...] = ()

    @property
    def layer_cycles(self) -> int:
        """The sum over the layers, as each was measured."""
        return sum(layer.cycles for layer in self.layers)

    @property
    def between_layers(self) -> int:
        """Cycles of the inference that no layer's count has; below 0 when the layers have more."""
        return self.cycles - self.layer_cycles


@dataclass(frozen=True)
class Comparison:
    """Everything that reports show; runs are in the order that was asked for.

    inputs: where each comes from, for people.
    engine: one of `dwpw.engines`; of HOST, counts are 0 and no result.
    """

    graph: Graph
    soc: SocInfo
    golden: str
    inputs: tuple[str, ...]
    runs: tuple[ComparedRun, ...]
    engine: str = SIMULATOR

    @property
    def counted(self) -> bool:
        """Whether cycles and instructions were counted."""
        return self.engine != HOST

    @property
    def exact(self) -> bool:
        """Whether every tensor of every run is exact."""
        return all(run.exact for run in self.runs)

    @property
    def edges(self) -> tuple[list[ComparedLayer], list[ComparedLayer]]:
        """What the host does in front of the first layer, and behind the last."""
        edges = self.runs[0].edges
        entries = {entry.index for entry in self.graph.entries if entry is not None}
        before = [edge for edge in edges if edge.index in entries]
        return before, [edge for edge in edges if edge not in before]

    @property
    def rows(self) -> tuple[tuple[ComparedLayer, ...], ...]:
        """The layers of all runs side by side: what one run makes in one step is one layer of the
        others too."""
        common = set.intersection(*(set(_ends(run.layers)) for run in self.runs))
        return tuple(zip(*(_joined(run.layers, common) for run in self.runs), strict=True))


def _ends(layers: Sequence[ComparedLayer]) -> Iterator[int]:
    """How many operators have run at the end of each layer."""
    return accumulate(len(layer.operators) for layer in layers)


def _joined(layers: Sequence[ComparedLayer], ends: Collection[int]) -> Iterator[ComparedLayer]:
    """One layer up to each of the ends."""
    parts: list[ComparedLayer] = []
    for layer, end in zip(layers, _ends(layers), strict=True):
        parts.append(layer)
        if end in ends:
            yield _join(parts)
            parts = []


def _join(parts: Sequence[ComparedLayer]) -> ComparedLayer:
    if len(parts) == 1:
        return parts[0]
    return ComparedLayer(
        operators=tuple(operator for part in parts for operator in part.operators),
        kernels=tuple(kernel for part in parts for kernel in part.kernels),
        tensors=sum(part.tensors for part in parts),
        cycles=sum(part.cycles for part in parts),
        instructions=sum(part.instructions for part in parts),
        exact=all(part.exact for part in parts),
    )


FUSED = "fused"
"""The part that steps over different parts belong to."""

GROUPS = ("pointwise", "depthwise", FUSED, "stem", "other")


def group_of(graph: Graph, operator: Operator) -> str:
    """The part of a MobileNet that an operator belongs to; the stem reads an input of the model."""
    if operator.kind == "DEPTHWISE_CONV_2D":
        return "depthwise"
    if operator.kind == "CONV_2D":
        if operator.window.size == (1, 1):
            return "pointwise"
        producers = {one.output: one for one in graph.operators}
        source = operator.input
        while source in producers and producers[source].kind in ("PAD", "RESHAPE"):
            source = producers[source].input
        if source in graph.inputs:
            return "stem"
    return "other"


WINDOWED = ("CONV_2D", "DEPTHWISE_CONV_2D", "AVERAGE_POOL_2D", "MAX_POOL_2D")


def window_text(operator: Operator) -> str:
    """Window and stride, such as "3x3/2"; empty for operators without a window."""
    if operator.kind not in WINDOWED:
        return ""
    size, stride = operator.window.size, operator.window.stride
    step = f"{stride[0]}" if stride[0] == stride[1] else f"{stride[0]}x{stride[1]}"
    return f"{size[0]}x{size[1]}" + (f"/{step}" if stride != (1, 1) else "")


def compare_layers(
    plan: Plan, log: RunLog, golden: Sequence[GoldenLayer]
) -> tuple[ComparedLayer, ...]:
    """A run step by step beside the golden layers."""
    checksums = wanted_checksums(plan, golden)
    return tuple(
        _compared_step(plan.graph, step, layer, wanted)
        for step, layer, wanted in zip(plan.steps, log.layers, checksums, strict=True)
    )


def _compared_step(
    graph: Graph, step: PlannedStep, layer: RunLayer, wanted: tuple[int, ...]
) -> ComparedLayer:
    operators = tuple(_compared_operator(graph, one.operator) for one in step.operators)
    first = step.operators[0]
    return ComparedLayer(
        operators=operators,
        kernels=(layer.kernel,),
        tensors=len(wanted),
        cycles=layer.cycles,
        instructions=layer.instructions,
        exact=layer.crcs == wanted,
        parts=tuple(_parts(operators, first.constants.parts, layer.parts)),
        turns=turns_of(first.constants.commands, layer.commands, str(first.operator)),
    )


def _parts(
    operators: Sequence[ComparedOperator], lengths: Sequence[int], cycles: Sequence[int]
) -> Iterator[ComparedPart]:
    """Nothing where there is one part only, or the log has others than the plan."""
    if len(lengths) < 2 or len(lengths) != len(cycles):
        return
    ends = accumulate(lengths)
    for end, length, spent in zip(ends, lengths, cycles, strict=True):
        yield ComparedPart(tuple(operators[end - length : end]), spent)


def wanted_checksums(plan: Plan, golden: Sequence[GoldenLayer]) -> list[tuple[int, ...]]:
    """Of the tensors that each step stores."""
    left = iter(golden)
    return [
        tuple(layer.crc for one, layer in zip(step.operators, left, strict=False) if one.stored)
        for step in plan.steps
    ]


def _compared_operator(graph: Graph, operator: Operator) -> ComparedOperator:
    return ComparedOperator(
        index=operator.index,
        kind=operator.kind,
        name=operator.name,
        group=group_of(graph, operator),
        shape=graph.tensors[operator.output].shape,
        window=window_text(operator),
        macs=operator.macs,
    )


def all_exact(
    graph: Graph, layers: Sequence[ComparedLayer], log: RunLog, golden: Sequence[GoldenLayer]
) -> bool:
    """Whether the layers and the log's output are exact."""
    return all(layer.exact for layer in layers) and log.output == golden_output(graph, golden)


def compare_run(plan: Plan, measured: Measurement, golden: GoldenLayers) -> ComparedRun:
    """Both runs of a kernel set beside the golden layers."""
    layers = compare_layers(plan, measured.layers, golden)
    whole = measured.whole
    edges = compare_edges(plan.graph, golden)
    return ComparedRun(
        kernels=plan.kernel_set.name,
        cycles=whole.cycles,
        instructions=whole.instructions,
        exact=all_exact(plan.graph, layers, measured.layers, golden)
        and whole.output == golden_output(plan.graph, golden)
        and all(edge.exact for edge in edges),
        output=whole.output,
        layers=layers,
        edges=edges,
    )


def compare_edges(graph: Graph, golden: GoldenLayers) -> tuple[ComparedLayer, ...]:
    """The edges of a model that takes or gives real values; they cost the SoC nothing."""
    return tuple(
        ComparedLayer(
            operators=(_compared_operator(graph, edge),),
            kernels=(HOST_KERNEL,),
            tensors=1,
            cycles=0,
            instructions=0,
            exact=golden.edges[edge.index],
        )
        for edge in graph.edges
    )


def golden_output(graph: Graph, golden: Sequence[GoldenLayer]) -> tuple[int, ...]:
    """The values of the model's output tensors, one behind the other."""
    written = [operator.output for operator in graph.operators]
    tensors = [golden[written.index(number)].tensor for number in graph.outputs]
    return tuple(int(value) for tensor in tensors for value in tensor.ravel())
