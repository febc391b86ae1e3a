"""Small models that the host tool's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from dwpw.model import Graph, read_model
from tests.support.every_operator import INPUT, INPUT_SHAPE, every_operator
from tests.support.tflite_builder import build_model


@pytest.fixture
def model_path(tmp_path: Path) -> Path:
    """A model file with every supported operator."""
    path = tmp_path / "every.tflite"
    path.write_bytes(build_model(INPUT_SHAPE, INPUT, every_operator()))
    return path


@pytest.fixture
def graph(model_path: Path) -> Graph:
    """The graph of `model_path`."""
    return read_model(model_path)
