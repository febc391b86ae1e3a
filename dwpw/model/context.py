"""What the readers of single operators share: tensors by role, and errors that name the culprit."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import tflite

from dwpw.errors import UserError
from dwpw.image.limits import MAX_BYTES
from dwpw.model.flatbuffer import RawModel, RawOperator, RawTensor, enum_names
from dwpw.model.graph import Operator, Tensor

ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
MAX_RANK = 4
MAX_DIMENSION = 1 << 16
"""No layer of a network that fits a soft core is larger; keeps every size within 64 bits."""

LEAST_SCALE, LARGEST_SCALE = 1e-20, 1e20
"""Between them no factor of two scales leaves the range of single precision."""


def short_name(name: str) -> str:
    """The first of the names that the converter has joined with semicolons."""
    first = name.split(";")[0].removesuffix(":0")
    return first or name


@dataclass(frozen=True)
class OperatorContext:
    """One raw operator in its surroundings."""

    path: Path
    index: int
    raw: RawOperator
    model: RawModel
    tensors: tuple[Tensor, ...]

    @property
    def name(self) -> str:
        """Short name: that of the output, or of a custom operator's kind."""
        if self.raw.kind == "CUSTOM":
            return self.raw.custom_name
        outputs = self.raw.outputs
        known = outputs and 0 <= outputs[0] < len(self.tensors)
        return short_name(self.tensors[outputs[0]].name) if known else ""

    def fail(self, message: str) -> NoReturn:
        """Refuse the model because of this operator."""
        raise UserError(
            f"{self.path}: operator {self.index} ({self.raw.kind} '{self.name}'): {message}"
        )

    def require(self, condition: bool, message: str) -> None:
        """Refuse the model unless `condition` holds."""
        if not condition:
            self.fail(message)

    def option(self, name: str, default: Any = None) -> Any:
        """An option of the operator; without a default it must be there."""
        if self.raw.options is None:
            if default is None:
                self.fail("the file holds no options for it; the file is damaged")
            return default
        return self.raw.options[name]

    def activation_function(self) -> str:
        """The fused activation's name."""
        names = enum_names(tflite.ActivationFunctionType)
        number = self.option("FusedActivationFunction", 0)
        name = names.get(number, f"number {number}")
        self.require(
            name in ACTIVATIONS,
            f"fused activation {name} is not supported (supported: {', '.join(ACTIVATIONS)})",
        )
        return name

    def inputs_between(self, least: int, most: int) -> None:
        """Check the number of inputs, and that there is one output."""
        count = len(self.raw.inputs)
        wanted = str(least) if least == most else f"{least} to {most}"
        self.require(least <= count <= most, f"has {count} inputs, wants {wanted}")
        outputs = len(self.raw.outputs)
        self.require(outputs == 1, f"has {outputs} outputs, wants 1")

    def has_input(self, position: int) -> bool:
        """Whether an optional input is there."""
        return len(self.raw.inputs) > position and self.raw.inputs[position] != -1

    def input(self, position: int = 0) -> Tensor:
        """An activation that this operator reads."""
        return self._activation(self.number_at(self.raw.inputs, position), "input")

    def output(self, position: int = 0) -> Tensor:
        """An activation that this operator writes."""
        return self._activation(self.number_at(self.raw.outputs, position), "output")

    def number_at(self, indices: tuple[int, ...], position: int) -> int:
        """The number of a tensor that must be there; `indices` are the inputs or the outputs."""
        index = indices[position] if position < len(indices) else -1
        self.require(
            0 <= index < len(self.tensors), f"names a tensor {index} that the file does not have"
        )
        return index

    def _activation(self, index: int, role: str) -> Tensor:
        tensor, raw = self.tensors[index], self.model.tensors[index]
        self.require(
            raw.content is None,
            f"{role} '{short_name(tensor.name)}' is a constant, which is supported for weights"
            " and biases only",
        )
        problem = activation_problem(tensor, raw)
        self.require(problem is None, f"{role} {problem}")
        return tensor

    def operator(self, source: Tensor, output: Tensor, **more: Any) -> Operator:
        """This operator, checked; `more` are fields of `Operator` beside those of every kind."""
        fields = {
            "index": self.index,
            "kind": self.raw.kind,
            "name": self.name,
            "input": source.index,
            "output": output.index,
        }
        return Operator(**(fields | more))

    def constant(self, position: int, role: str, dtypes: tuple[str, ...]) -> Tensor:
        """A constant that this operator reads, with its data."""
        index = self.number_at(self.raw.inputs, position)
        tensor, raw = self.tensors[index], self.model.tensors[index]
        named = f"{role} '{short_name(tensor.name)}'"
        self.require(not raw.sparse, f"{named} is stored sparse; convert without sparsity")
        self.require(
            tensor.dtype in dtypes,
            f"{named} is {tensor.dtype}, wants {' or '.join(dtypes)};"
            " convert with full integer quantisation",
        )
        self.require(not raw.external, f"{named} is stored outside the flatbuffer")
        self.require(raw.content is not None, f"{named} is not a constant")
        size = prod(tensor.shape) * np.dtype(tensor.dtype).itemsize
        stored = 0 if raw.content is None else raw.content.size
        self.require(
            tensor.data is not None,
            f"{named} has {stored} bytes, its shape {list(tensor.shape)} wants {size};"
            " the file is damaged",
        )
        return tensor


def dynamic_shape(tensor: Tensor, raw: RawTensor) -> list[int] | None:
    """The shape as the converter wrote it, if it is dynamic beyond the batch; None if fixed."""
    fixed = all(size >= 0 for size in tensor.shape) and all(size >= 0 for size in raw.signature[1:])
    return None if fixed else list(raw.signature or tensor.shape)


def activation_problem(tensor: Tensor, raw: RawTensor) -> str | None:
    """Why a tensor cannot be an activation, or None: int8, static, batch 1, quantised as one."""
    named = f"'{short_name(tensor.name)}'"
    if tensor.dtype != "int8":
        return (
            f"{named} is {tensor.dtype}; dwpw runs int8 models: convert with full integer"
            " quantisation, int8 input and int8 output"
        )
    dynamic = dynamic_shape(tensor, raw)
    if dynamic is not None:
        return f"{named} has the dynamic shape {dynamic}; convert with fixed sizes"
    if not 1 <= len(tensor.shape) <= MAX_RANK:
        return f"{named} has {len(tensor.shape)} dimensions, supported are 1 to {MAX_RANK}"
    if not all(1 <= size <= MAX_DIMENSION for size in tensor.shape):
        return f"{named} has the impossible shape {list(tensor.shape)}"
    if len(tensor.shape) > 1 and tensor.shape[0] != 1:
        return f"{named} has batch size {tensor.shape[0]}; convert with batch size 1"
    if tensor.elements > MAX_BYTES:
        return f"{named} has {tensor.elements:,} elements, supported are {MAX_BYTES:,}"
    if raw.variable:
        return f"{named} is a variable, which is not supported"
    return _quantisation_problem(tensor, named)


def _quantisation_problem(tensor: Tensor, named: str) -> str | None:
    if len(tensor.scales) == 0 or len(tensor.zero_points) == 0:
        return f"{named} has no quantisation (scale and zero point)"
    if len(tensor.scales) != 1 or len(tensor.zero_points) != 1:
        return f"{named} is quantised per channel, which is supported for weights only"
    if not LEAST_SCALE <= tensor.scale <= LARGEST_SCALE:
        return f"{named} has the impossible scale {tensor.scale}"
    if not -128 <= tensor.zero_point <= 127:
        return f"{named} has the impossible zero point {tensor.zero_point}"
    return None
