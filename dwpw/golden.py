"""Golden layers: every tensor of the model, by the TFLite reference kernels.

`ai-edge-litert` computes them with `OpResolverType.BUILTIN_REF`; the default, optimised kernels
differ from the reference in the last bit.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np

from dwpw.errors import UserError
from dwpw.model import Graph

PACKAGE = "ai-edge-litert"


def description() -> str:
    """What computed the golden layers, for reports."""
    return f"{PACKAGE} {version(PACKAGE)}, reference kernels"


@dataclass(frozen=True)
class GoldenLayer:
    """The output of the file's operator `index`: an int8 tensor and its bytes' CRC-32 (zlib)."""

    index: int
    tensor: np.ndarray = field(repr=False)
    crc: int


@contextmanager
def _stderr_captured() -> Iterator[list[str]]:
    """Keep what native code writes to file descriptor 2 from the terminal, for error messages."""
    lines: list[str] = []
    sys.stderr.flush()
    with tempfile.TemporaryFile() as capture:
        saved = os.dup(2)
        os.dup2(capture.fileno(), 2)
        try:
            yield lines
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)
            capture.seek(0)
            lines.extend(capture.read().decode(errors="replace").splitlines())


def golden_layers(graph: Graph, tensor: np.ndarray) -> tuple[GoldenLayer, ...]:
    """One golden layer per operator, in order; `tensor` is int8 in the input's shape."""
    try:
        with _stderr_captured() as lines:
            outputs = _run(graph, tensor)
    except (ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split()) or (lines[-1] if lines else "no reason given")
        raise UserError(
            f"{graph.path}: {PACKAGE} {version(PACKAGE)} refuses the model: {reason}"
        ) from error
    return tuple(
        GoldenLayer(operator.index, output, zlib.crc32(output.tobytes()))
        for operator, output in zip(graph.operators, outputs, strict=True)
    )


def _run(graph: Graph, tensor: np.ndarray) -> list[np.ndarray]:
    # Imported late: it takes half a second and prints on import.
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=graph.content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(graph.input, tensor.reshape(graph.input_tensor.shape))
    interpreter.invoke()
    return [
        np.ascontiguousarray(interpreter.get_tensor(operator.output)).copy()
        for operator in graph.operators
    ]
