"""Run logs of several kernel sets beside the golden layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dwpw.golden import GoldenLayer
from dwpw.model import Graph, Operator
from dwpw.plan.planner import Plan
from dwpw.runlog import Measurement, RunLog


@dataclass(frozen=True)
class SocInfo:
    """What the cycles were counted on; `extension`: name and lanes of the units."""

    target: str
    cpu: str
    clock_hz: int
    memory: str
    extension: Mapping[str, object]


@dataclass(frozen=True)
class ComparedLayer:
    """One operator of one run. `cycles` is a result only if `exact`."""

    index: int
    kind: str
    name: str
    group: str
    kernel: str
    shape: tuple[int, ...]
    window: str
    macs: int
    cycles: int
    instructions: int
    exact: bool


@dataclass(frozen=True)
class ComparedRun:
    """One kernel set. `cycles` is a result only if `exact`.

    cycles, instructions: of the whole inference, measured with nothing between the layers.
    exact: every tensor of the run layer by layer, and the output of both runs.
    """

    kernels: str
    cycles: int
    instructions: int
    exact: bool
    output: tuple[int, ...]
    layers: tuple[ComparedLayer, ...]

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
    """Everything that reports show; runs are in the order that was asked for."""

    graph: Graph
    soc: SocInfo
    golden: str
    input: str
    runs: tuple[ComparedRun, ...]

    @property
    def exact(self) -> bool:
        """Whether every tensor of every run is exact."""
        return all(run.exact for run in self.runs)


GROUPS = ("pointwise", "depthwise", "stem", "other")


def group_of(graph: Graph, operator: Operator) -> str:
    """The part of a MobileNet that an operator belongs to; the stem reads the model's input."""
    if operator.kind == "DEPTHWISE_CONV_2D":
        return "depthwise"
    if operator.kind == "CONV_2D":
        if operator.window.size == (1, 1):
            return "pointwise"
        producers = {one.output: one for one in graph.operators}
        source = operator.input
        while source in producers and producers[source].kind in ("PAD", "RESHAPE"):
            source = producers[source].input
        if source == graph.input:
            return "stem"
    return "other"


def window_text(operator: Operator) -> str:
    """Window and stride, such as "3x3/2"; empty for operators without a window."""
    if operator.kind not in ("CONV_2D", "DEPTHWISE_CONV_2D", "AVERAGE_POOL_2D"):
        return ""
    size, stride = operator.window.size, operator.window.stride
    step = f"{stride[0]}" if stride[0] == stride[1] else f"{stride[0]}x{stride[1]}"
    return f"{size[0]}x{size[1]}" + (f"/{step}" if stride != (1, 1) else "")


def compare_layers(
    plan: Plan, log: RunLog, golden: Sequence[GoldenLayer]
) -> tuple[ComparedLayer, ...]:
    """A run layer by layer beside the golden layers."""
    graph = plan.graph
    return tuple(
        ComparedLayer(
            index=operator.index,
            kind=operator.kind,
            name=operator.name,
            group=group_of(graph, operator),
            kernel=layer.kernel,
            shape=graph.tensors[operator.output].shape,
            window=window_text(operator),
            macs=operator.macs,
            cycles=layer.cycles,
            instructions=layer.instructions,
            exact=layer.crcs == (wanted.crc,),
        )
        for operator, layer, wanted in zip(graph.operators, log.layers, golden, strict=True)
    )


def all_exact(
    graph: Graph, layers: Sequence[ComparedLayer], log: RunLog, golden: Sequence[GoldenLayer]
) -> bool:
    """Whether the layers and the log's output are exact."""
    return all(layer.exact for layer in layers) and log.output == golden_output(graph, golden)


def compare_run(plan: Plan, measured: Measurement, golden: Sequence[GoldenLayer]) -> ComparedRun:
    """Both runs of a kernel set beside the golden layers."""
    layers = compare_layers(plan, measured.layers, golden)
    whole = measured.whole
    return ComparedRun(
        kernels=plan.kernel_set.name,
        cycles=whole.cycles,
        instructions=whole.instructions,
        exact=all_exact(plan.graph, layers, measured.layers, golden)
        and whole.output == golden_output(plan.graph, golden),
        output=whole.output,
        layers=layers,
    )


def golden_output(graph: Graph, golden: Sequence[GoldenLayer]) -> tuple[int, ...]:
    """The values of the model's output tensor."""
    position = [operator.output for operator in graph.operators].index(graph.output)
    return tuple(int(value) for value in golden[position].tensor.ravel())
