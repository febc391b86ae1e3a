"""From a graph and an input to one golden layer per operator."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np

from dwpw.errors import UserError
from dwpw.golden.fully_connected import fully_connected
from dwpw.golden.process import Died, Job, Refused, shared_process, version_of_package
from dwpw.model import Graph

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


def golden_layers(graph: Graph, tensor: np.ndarray) -> tuple[GoldenLayer, ...]:
    """One golden layer per operator, in order; `tensor` is int8 in the input's shape.

    `UserError` when the interpreter refuses the model or dies of it.
    """
    job = Job(
        content=graph.content,
        input=graph.input,
        tensor=tensor.reshape(graph.input_tensor.shape),
        outputs=tuple(operator.output for operator in graph.operators),
        ours={
            operator.index: fully_connected(graph, operator)
            for operator in graph.operators
            if operator.kind == "FULLY_CONNECTED"
        },
    )
    try:
        outputs = shared_process().run(job)
    except Refused as error:
        raise UserError(
            f"{graph.path}: {version_of_package()} refuses the model: {error}"
        ) from error
    except Died as error:
        raise UserError(
            f"{graph.path}: {version_of_package()} died of {error}; no golden layers,"
            f" {_remedy(graph)}"
        ) from error
    return tuple(
        GoldenLayer(operator.index, output, zlib.crc32(output.tobytes()))
        for operator, output in zip(graph.operators, outputs, strict=True)
    )


def _remedy(graph: Graph) -> str:
    for operator in graph.operators:
        if operator.kind == "SOFTMAX" and graph.tensors[operator.input].shape[-1] >= SOFTMAX_LIMIT:
            return (
                f"likely of {operator}: TFLite cannot bear {SOFTMAX_LIMIT} or more logits that are"
                " about equal; try another --input"
            )
    return "try another --input, or convert the model again"
