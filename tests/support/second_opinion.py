"""TFLite Micro beside LiteRT: PyPI's `tflite-micro`, where it is installed.

It has nightly versions only, so nothing may depend on it: `scripts/install_second_opinion.sh`
installs it where it can be had, and whoever asks for it says so where it is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

import numpy as np

from dwpw.model import Graph

PACKAGE = "tflite-micro"
MISSING = f"{PACKAGE} is not installed (scripts/install_second_opinion.sh installs it)"
ARENA_BYTES = 1 << 20


def installed() -> str | None:
    """Name and version, or None."""
    if find_spec("tflite_micro") is None:
        return None
    try:
        return f"{PACKAGE} {version(PACKAGE)}"
    except PackageNotFoundError:
        return PACKAGE


def layers(graph: Graph, tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The output of every operator, int8 in its shape."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(
        graph.content,
        arena_size=ARENA_BYTES + len(graph.content),
        intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
    )
    for place, (values, target) in enumerate(zip(tensors, graph.input_tensors, strict=True)):
        interpreter.set_input(values.reshape(target.shape), place)
    interpreter.invoke()
    return [
        interpreter.GetTensor(operator.output, 0)["tensor_data"].reshape(
            graph.tensors[operator.output].shape
        )
        for operator in graph.operators
    ]
