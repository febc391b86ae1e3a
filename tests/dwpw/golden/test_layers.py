"""Golden layers: one per operator, and one line where there are none."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tflite

from dwpw.errors import UserError
from dwpw.golden import description, golden_layers
from dwpw.golden.process import shared_process
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from tests.support.exactness import read_bytes
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Quantisation, Softmax

VERSION_SLOT = 8
"""Place of `version` in the vtable of an OperatorCode, by the schema."""


def test_there_is_one_golden_tensor_per_operator_in_the_operators_shape(graph: Graph) -> None:
    layers = golden_layers(graph, random_tensors(graph))
    assert [layer.index for layer in layers] == list(range(10))
    for layer, operator in zip(layers, graph.operators, strict=True):
        assert layer.tensor.shape == graph.tensors[operator.output].shape
        assert layer.crc == zlib.crc32(layer.tensor.tobytes())


def test_the_input_reaches_the_first_layer(graph: Graph) -> None:
    (tensor,) = random_tensors(graph)
    padded = golden_layers(graph, [tensor])[0].tensor
    assert np.array_equal(padded[:, :8, :8, :3], tensor)
    assert np.all(padded[:, 8:] == -128)


def test_nothing_that_litert_prints_reaches_the_terminal(
    graph: Graph, capfd: pytest.CaptureFixture[str]
) -> None:
    golden_layers(graph, random_tensors(graph))
    assert capfd.readouterr() == ("", "")


def with_operator_version(content: bytes, version: int) -> bytes:
    """The file, asking for another version of its first kind of operator."""
    changed = bytearray(content)
    table = tflite.Model.GetRootAsModel(content, 0).OperatorCodes(0)._tab
    struct.pack_into("<i", changed, table.Pos + table.Offset(VERSION_SLOT), version)
    return bytes(changed)


def test_a_model_that_litert_refuses_gives_one_line(
    graph: Graph, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = replace(graph, content=with_operator_version(graph.content, 77))
    with pytest.raises(UserError, match=r"every.tflite: ai-edge-litert .* refuses the model: .*77"):
        golden_layers(broken, random_tensors(graph))
    assert capfd.readouterr() == ("", "")


def equal_logits(count: int, directory: Path) -> Graph:
    """A model of nothing but a softmax."""
    return read_bytes(build_model((1, count), Quantisation(0.1, 0), [Softmax()]), directory)


def test_a_softmax_over_511_equal_logits_gives_them_equal_shares(tmp_path: Path) -> None:
    graph = equal_logits(511, tmp_path)
    (layer,) = golden_layers(graph, [np.zeros((1, 511), np.int8)])
    assert np.unique(layer.tensor).tolist() == [-127]


def test_an_input_that_ends_the_interpreter_gives_one_line(
    graph: Graph, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fatal = equal_logits(512, tmp_path)
    with pytest.raises(UserError) as caught:
        golden_layers(fatal, [np.zeros((1, 512), np.int8)])
    words = str(caught.value)
    assert re.search(r"model.tflite: ai-edge-litert [\d.]+ died of SIGABRT; no golden", words)
    assert words.endswith(
        "likely of operator 0 (SOFTMAX 'layer0'): TFLite cannot bear 512 or more logits that are"
        " about equal; try another --input"
    )
    assert len(words.splitlines()) == 1
    assert capfd.readouterr() == ("", "")
    # The next model finds an interpreter again.
    assert len(golden_layers(graph, random_tensors(graph))) == 10


def test_a_full_or_missing_temporary_folder_is_no_matter(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/nowhere")
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    shared_process().close()
    assert len(golden_layers(graph, random_tensors(graph))) == 10


def test_the_description_says_what_computed_them() -> None:
    assert re.fullmatch(
        r"ai-edge-litert [\d.]+, reference kernels; fully connected as TFLite Micro", description()
    )
