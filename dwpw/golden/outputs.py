"""What a model gives for many inputs, without the layers between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dwpw.golden.layers import as_in_the_file, as_int8, golden_job, is_exact, refusals
from dwpw.golden.process import Batch, shared_process
from dwpw.model import Graph


@dataclass(frozen=True)
class GoldenOutput:
    """values: int8, the model's output tensors one behind the other, as the SoC gives them.

    edges_exact: whether the host's values at all edges are the interpreter's.
    """

    values: np.ndarray = field(repr=False)
    edges_exact: bool = True


def golden_outputs(
    graph: Graph,
    tensors: Sequence[np.ndarray],
    reals: Sequence[np.ndarray | None],
) -> list[GoldenOutput]:
    """The golden output of each input, by one interpreter for all of them.

    tensors: int8 in the input's shape; reals: as in `golden_layers`, one for each.
    `UserError` when the interpreter refuses the model or dies of it.
    """
    if not tensors:
        return []
    files = tuple(
        as_in_the_file(graph, tensor, real) for tensor, real in zip(tensors, reals, strict=True)
    )
    numbers = (*graph.outputs, *(edge.output for edge in graph.edges))
    job = golden_job(graph, files[0], tuple(dict.fromkeys(numbers)))
    with refusals(graph):
        answers = shared_process().run_batch(Batch(job, files))
    return [
        _golden_output(graph, tensor, dict(zip(job.outputs, map(as_int8, answer), strict=True)))
        for tensor, answer in zip(tensors, answers, strict=True)
    ]


def _golden_output(graph: Graph, tensor: np.ndarray, found: dict[int, np.ndarray]) -> GoldenOutput:
    return GoldenOutput(
        values=np.concatenate([found[number].ravel() for number in graph.outputs]),
        edges_exact=all(is_exact(graph, edge, tensor, found) for edge in graph.edges),
    )
