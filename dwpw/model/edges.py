"""The edges of a model between real values and int8: what the host does.

A model for phones often takes and gives float32, with a QUANTIZE in front and a DEQUANTIZE behind.
Between them everything is int8, and that is the part that runs on the SoC.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dwpw.model.context import OperatorContext, activation_problem
from dwpw.model.flatbuffer import RawModel
from dwpw.model.graph import Operator, Tensor

EDGE_KINDS = ("QUANTIZE", "DEQUANTIZE")
REAL = "float32"

HOST_KERNEL = "host"
"""What stands for a kernel where the host does the work."""


def read_edges(contexts: Sequence[OperatorContext], raw: RawModel) -> dict[int, Operator]:
    """The operators at the edges by their places in the file; refuses float32 anywhere else."""
    found = {}
    for context in contexts:
        if context.raw.kind not in EDGE_KINDS:
            continue
        context.inputs_between(1, 1)
        source = context.number_at(context.raw.inputs, 0)
        output = context.number_at(context.raw.outputs, 0)
        entry = context.tensors[source].dtype == REAL
        leave = context.tensors[output].dtype == REAL
        if not entry and not leave:
            continue
        ends, number = (raw.inputs, source) if entry else (raw.outputs, output)
        context.require(
            entry != leave and number in ends,
            "works with float32 inside the model; dwpw runs int8 models: convert with full"
            " integer quantisation",
        )
        other = output if entry else source
        problem = activation_problem(context.tensors[other], raw.tensors[other])
        context.require(problem is None, f"{'output' if entry else 'input'} {problem}")
        context.require(
            context.tensors[source].shape == context.tensors[output].shape,
            "input and output have different shapes; the file is damaged",
        )
        found[context.index] = context.operator(context.tensors[source], context.tensors[output])
    return found


def quantised(values: np.ndarray, tensor: Tensor) -> np.ndarray:
    """float32 as int8 with the tensor's scale and zero point (TFLite: `AffineQuantize`)."""
    steps = values.astype(np.float32) / np.float32(tensor.scale)
    rounded = np.copysign(np.floor(np.abs(steps.astype(np.float64)) + 0.5), steps)
    return np.clip(rounded + tensor.zero_point, -128, 127).astype(np.int8)


def real_values(values: np.ndarray, tensor: Tensor) -> np.ndarray:
    """int8 as float32 (TFLite: `Dequantize`)."""
    difference = values.astype(np.int32) - tensor.zero_point
    return (np.float32(tensor.scale) * difference.astype(np.float32)).astype(np.float32)
