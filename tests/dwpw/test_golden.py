"""Golden layers from the TFLite reference kernels."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest

from dwpw.errors import UserError
from dwpw.golden import description, golden_layers
from dwpw.inputs import random_input
from dwpw.model import Graph


def test_there_is_one_golden_tensor_per_operator_in_the_operators_shape(graph: Graph) -> None:
    layers = golden_layers(graph, random_input(graph.input_tensor).tensor)
    assert [layer.index for layer in layers] == list(range(10))
    for layer, operator in zip(layers, graph.operators, strict=True):
        assert layer.tensor.shape == graph.tensors[operator.output].shape
        assert layer.crc == zlib.crc32(layer.tensor.tobytes())


def test_the_input_reaches_the_first_layer(graph: Graph) -> None:
    tensor = random_input(graph.input_tensor).tensor
    padded = golden_layers(graph, tensor)[0].tensor
    assert np.array_equal(padded[:, :8, :8], tensor)
    assert np.all(padded[:, 8:] == -128)


def test_nothing_that_litert_prints_reaches_the_terminal(
    graph: Graph, capfd: pytest.CaptureFixture[str]
) -> None:
    golden_layers(graph, random_input(graph.input_tensor).tensor)
    assert capfd.readouterr() == ("", "")


def test_a_model_that_litert_refuses_gives_one_line(
    graph: Graph, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = replace(graph, content=graph.content[:64])
    with pytest.raises(UserError, match=r"every.tflite: ai-edge-litert .* refuses the model: "):
        golden_layers(broken, random_input(graph.input_tensor).tensor)
    assert capfd.readouterr() == ("", "")


def test_the_description_names_package_version_and_kernels() -> None:
    assert description().startswith("ai-edge-litert ")
    assert description().endswith(", reference kernels")
