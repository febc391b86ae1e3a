"""From a graph and an input to one golden layer per operator."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from dwpw.errors import UserError
from dwpw.golden.fully_connected import fully_connected
from dwpw.golden.looked_up import KINDS, looked_up
from dwpw.golden.ours import Ours
from dwpw.golden.process import Died, Job, Refused, shared_process, version_of_package
from dwpw.model import Graph, Operator, Tensor
from dwpw.model.edges import real_values

Real = np.ndarray | None
Reals = Sequence[Real]
"""Of each input the float32 values that it was made from, None where there are none."""

SOFTMAX_LIMIT = 512
"""TFLite's softmax gives up when the exponentials of a row, the largest of which is 1, reach it."""


def description() -> str:
    """What computed the golden layers, for reports."""
    return f"{version_of_package()}, reference kernels; fully connected as TFLite Micro"


@dataclass(frozen=True)
class GoldenLayer:
    """The output of the file's operator `index`: an int8 tensor and its bytes' CRC-32 (zlib)."""

    index: int
    tensor: np.ndarray = field(repr=False)
    crc: int


class GoldenLayers(tuple[GoldenLayer, ...]):
    """A layer for each operator that runs on the SoC, and what became of the edges.

    edges: place in the file -> whether the host's values are the interpreter's.
    """

    edges: Mapping[int, bool]


def golden_layers(
    graph: Graph, tensors: Sequence[np.ndarray], reals: Reals | None = None
) -> GoldenLayers:
    """One golden layer per operator, in order.

    tensors: int8, what the SoC takes: one for each input.
    reals: float32 of the same shape that each was made from, for inputs of real values.
    `UserError` when the interpreter refuses the model or dies of it.
    """
    tensors = in_shape(graph, tensors)
    job = golden_job(
        graph,
        as_in_the_file(graph, tensors, reals),
        (
            *(operator.output for operator in graph.operators),
            *(edge.output for edge in graph.edges),
        ),
    )
    with refusals(graph):
        outputs = shared_process().run(job)
    found = {number: as_int8(output) for number, output in zip(job.outputs, outputs, strict=True)}
    layers = GoldenLayers(
        GoldenLayer(operator.index, output, zlib.crc32(output.tobytes()))
        for operator in graph.operators
        for output in (found[operator.output],)
    )
    layers.edges = {edge.index: is_exact(graph, edge, tensors, found) for edge in graph.edges}
    return layers


def golden_job(graph: Graph, tensors: tuple[np.ndarray, ...], outputs: tuple[int, ...]) -> Job:
    """What gives the tensors `outputs` for inputs as the file takes them."""
    return Job(
        content=graph.content,
        inputs=tuple(tensor.index for tensor in graph.file_inputs),
        tensors=tensors,
        outputs=outputs,
        ours={operator.index: one for operator in graph.operators for one in ours(graph, operator)},
    )


def ours(graph: Graph, operator: Operator) -> tuple[Ours, ...]:
    """What computes the operator where that is not the interpreter; else nothing."""
    if operator.kind == "FULLY_CONNECTED":
        return (fully_connected(graph, operator),)
    if operator.kind in KINDS and operator.values is not None:
        return (looked_up(graph, operator),)
    return ()


@contextmanager
def refusals(graph: Graph) -> Iterator[None]:
    """What the process raises, as a `UserError` about the model."""
    try:
        yield
    except Refused as error:
        raise UserError(
            f"{graph.path}: {version_of_package()} refuses the model: {error}"
        ) from error
    except Died as error:
        raise UserError(
            f"{graph.path}: {version_of_package()} died of {error}; no golden layers,"
            f" {_remedy(graph)}"
        ) from error


def in_shape(graph: Graph, tensors: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """The inputs, each in its tensor's shape."""
    pairs = zip(tensors, graph.input_tensors, strict=True)
    return tuple(values.reshape(tensor.shape) for values, tensor in pairs)


def as_in_the_file(
    graph: Graph, tensors: Sequence[np.ndarray], reals: Reals | None
) -> tuple[np.ndarray, ...]:
    """The inputs as the file takes them: int8, uint8 or float32."""

    def one(entry: Operator | None, target: Tensor, values: np.ndarray, real: Real) -> np.ndarray:
        if entry is not None:
            return real_values(values, target) if real is None else real
        return flipped(values) if target.unsigned else values

    reals = reals or (None,) * len(tensors)
    return tuple(map(one, graph.entries, graph.input_tensors, tensors, reals))


def flipped(tensor: np.ndarray) -> np.ndarray:
    """int8 as uint8 of the same order, 128 higher."""
    return tensor.view(np.uint8) ^ np.uint8(0x80)


def as_int8(output: np.ndarray) -> np.ndarray:
    """uint8 as int8 of the same order; anything else as it is."""
    if output.dtype == np.uint8:
        return (output ^ np.uint8(0x80)).view(np.int8)
    return output


def is_exact(
    graph: Graph, edge: Operator, tensors: Sequence[np.ndarray], found: Mapping[int, np.ndarray]
) -> bool:
    """Whether the host's values at an edge are the interpreter's."""
    wanted = found[edge.output]
    given = dict(zip(graph.inputs, tensors, strict=True))
    if edge.output in given:
        return np.array_equal(given[edge.output], wanted)
    source = found[edge.input] if edge.input in found else given[edge.input]
    return np.array_equal(real_values(source, graph.tensors[edge.input]), wanted)


def _remedy(graph: Graph) -> str:
    for operator in graph.operators:
        if operator.kind == "SOFTMAX" and graph.tensors[operator.input].shape[-1] >= SOFTMAX_LIMIT:
            return (
                f"likely of {operator}: TFLite cannot bear {SOFTMAX_LIMIT} or more logits that are"
                " about equal; try another --input"
            )
    return "try another --input, or convert the model again"
