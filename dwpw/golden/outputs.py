"""What a model gives in many runs, without the layers between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dwpw.golden.layers import (
    Reals,
    as_in_the_file,
    as_int8,
    golden_job,
    in_shape,
    is_exact,
    refusals,
)
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
    inputs: Sequence[Sequence[np.ndarray]],
    reals: Sequence[Reals | None],
) -> list[GoldenOutput]:
    """The golden output of each run, by one interpreter for all of them.

    inputs: the tensors of each run, reals: those that they were made from, as in `golden_layers`.
    `UserError` when the interpreter refuses the model or dies of it.
    """
    if not inputs:
        return []
    shaped = [in_shape(graph, tensors) for tensors in inputs]
    files = tuple(
        as_in_the_file(graph, tensors, real) for tensors, real in zip(shaped, reals, strict=True)
    )
    numbers = (*graph.outputs, *(edge.output for edge in graph.edges))
    job = golden_job(graph, files[0], tuple(dict.fromkeys(numbers)))
    with refusals(graph):
        answers = shared_process().run_batch(Batch(job, files))
    return [
        _golden_output(graph, tensors, dict(zip(job.outputs, map(as_int8, answer), strict=True)))
        for tensors, answer in zip(shaped, answers, strict=True)
    ]


def _golden_output(
    graph: Graph, tensors: Sequence[np.ndarray], found: dict[int, np.ndarray]
) -> GoldenOutput:
    return GoldenOutput(
        values=np.concatenate([found[number].ravel() for number in graph.outputs]),
        edges_exact=all(is_exact(graph, edge, tensors, found) for edge in graph.edges),
    )
