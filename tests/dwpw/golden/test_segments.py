"""A model cut at operators that somebody else computes gives what the whole model gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dwpw.golden import golden_layers
from dwpw.golden.fully_connected import fully_connected
from dwpw.golden.process import Job, shared_process
from dwpw.golden.segments import Segment, segments
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from tests.support.exactness import read_bytes
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import (
    Add,
    AveragePool2D,
    FullyConnected,
    Layer,
    Quantisation,
    Reshape,
    Softmax,
)

INNER = Quantisation(0.05, 3)


def dense(inputs: int, outputs: int, seed: int, **fields: object) -> FullyConnected:
    rng = np.random.default_rng(seed)
    return FullyConnected(
        weights=rng.integers(-127, 128, (outputs, inputs), dtype=np.int8),
        weight_scale=tuple(float(s) for s in rng.uniform(0.001, 0.01, outputs)),
        bias=rng.integers(-500, 500, outputs, dtype=np.int32),
        output=INNER,
        **fields,
    )


def graph_of(directory: Path, layers: list[Layer], shape=(1, 4, 4, 2)) -> Graph:
    return read_bytes(build_model(shape, INNER, layers), directory)


def parts(graph: Graph, cuts: list[int]) -> list[object]:
    """(first, last, inputs) of a segment, or the number of a cut."""
    return [
        (part.first, part.last, part.inputs) if isinstance(part, Segment) else part
        for part in segments(graph.content, graph.inputs, cuts)
    ]


MIDDLE = [
    AveragePool2D(size=(2, 2), stride=(1, 1), output=INNER),
    dense(32, 8, 1),
    Reshape(shape=(1, 8), output=INNER),
    dense(8, 8, 2),
    Add(output=INNER, source=3, other=1),
    dense(8, 5, 3),
    Softmax(),
]
"""Dense layers in the middle, two of them read by an ADD, one behind it."""


def test_segments_read_what_lies_before_them(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, MIDDLE)
    out = [operator.output for operator in graph.operators]
    assert parts(graph, [1, 3, 5]) == [
        (0, 1, graph.inputs),
        1,
        (2, 3, (out[1],)),
        3,
        (4, 5, (out[1], out[3])),
        5,
        (6, 7, (out[5],)),
    ]


def test_cuts_at_both_ends_and_side_by_side_leave_no_empty_segments(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, [dense(32, 8, 1), dense(8, 8, 2), dense(8, 8, 3)])
    assert parts(graph, [0, 1, 2]) == [0, 1, 2]
    assert parts(graph, [1]) == [
        (0, 1, graph.inputs),
        1,
        (2, 3, (graph.operators[1].output,)),
    ]


def run(graph: Graph, cuts: list[int], tensors: Sequence[np.ndarray], ours) -> list[np.ndarray]:
    outputs = tuple(operator.output for operator in graph.operators)
    job = Job(graph.content, graph.inputs, tensors, outputs, {cut: ours(cut) for cut in cuts})
    return shared_process().run(job)


class Known:
    """Stands for an operator whose output is known."""

    def __init__(self, operator, output: np.ndarray) -> None:
        self.input, self.output, self.value = operator.input, operator.output, output

    def in_the_file(self, _: np.ndarray) -> np.ndarray:
        return self.value


@pytest.mark.parametrize("cut", range(len(MIDDLE)))
def test_cut_anywhere_and_mended_the_model_computes_the_same(tmp_path: Path, cut: int) -> None:
    graph = graph_of(tmp_path, MIDDLE)
    tensors = random_tensors(graph)
    whole = run(graph, [], tensors, None)
    mended = run(graph, [cut], tensors, lambda i: Known(graph.operators[i], whole[i]))
    for one, other in zip(whole, mended, strict=True):
        assert one.shape == other.shape
        assert np.array_equal(one, other)


def test_later_layers_are_fed_from_what_we_compute(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, MIDDLE)
    tensors = random_tensors(graph)
    layers = [layer.tensor for layer in golden_layers(graph, tensors)]
    for position in (1, 3, 5):
        operator = graph.operators[position]
        source = layers[[o.output for o in graph.operators].index(operator.input)]
        assert np.array_equal(layers[position], fully_connected(graph, operator)(source))
    flipped = Known(graph.operators[1], ~layers[1])
    other = run(graph, [1], tensors, lambda _: flipped)
    assert not np.array_equal(other[2], layers[2])
    assert np.array_equal(other[2], ~layers[1].reshape(other[2].shape))


def test_a_shape_that_the_model_computes_may_be_behind_a_cut(tmp_path: Path) -> None:
    layers = [dense(32, 8, 1), Reshape(shape=(1, 2, 4), output=INNER, computed=True), Softmax()]
    graph = graph_of(tmp_path, layers)
    first, second, third = golden_layers(graph, random_tensors(graph))
    assert np.array_equal(first.tensor.reshape(1, 2, 4), second.tensor)
    assert third.tensor.shape == (1, 2, 4)
