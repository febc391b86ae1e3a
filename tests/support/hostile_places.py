"""Valid models, and where in their files the words stand that damage is aimed at."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import flatbuffers
import tflite
from flatbuffers.number_types import UOffsetTFlags

from soc.paths import REPOSITORY
from tests.support.every_operator import INPUT, INPUT_SHAPE, every_operator
from tests.support.random_models import KINDS, random_case
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Mean, Quantisation, Reshape
from tests.support.two_inputs import two_inputs

SOURCES = 24
"""Valid models that damage begins with: one with every operator, one whose shapes are computed, a
real one, one of two inputs, and random ones of every kind."""

REAL = REPOSITORY / "models" / "fashion_mobilenet_v1_025_96.tflite"


@dataclass(frozen=True)
class Places:
    """Positions of words in a valid file."""

    shapes: tuple[int, ...]
    tensors: tuple[int, ...]
    lengths: tuple[int, ...]
    floats: tuple[int, ...]
    zero_points: tuple[int, ...]
    fields: tuple[int, ...]


@cache
def source(number: int) -> bytes:
    """A valid model."""
    if number == 0:
        return build_model(INPUT_SHAPE, INPUT, every_operator())
    if number == 1:
        quantisation = Quantisation(0.05, 3)
        computed = Reshape(output=quantisation, shape=(1, 8), computed=True)
        return build_model((1, 4, 4, 8), quantisation, [Mean(output=quantisation), computed])
    if number == 2:
        return REAL.read_bytes()
    if number == 3:
        return two_inputs()
    return random_case(KINDS[number % len(KINDS)], number, largest_side=5)[0]


def _vector(found: flatbuffers.table.Table, slot: int) -> tuple[int, int]:
    """Where the elements of a vector begin, and how many there are; 0, 0 without one."""
    offset = found.Offset(slot)
    return (found.Vector(offset), found.VectorLen(offset)) if offset else (0, 0)


def _fields(found: flatbuffers.table.Table) -> Iterator[int]:
    """Every field of a table, whatever its type."""
    vtable = found.Pos - found.Get(flatbuffers.number_types.SOffsetTFlags, found.Pos)
    (size,) = struct.unpack_from("<H", found.Bytes, vtable)
    for entry in range(vtable + 4, vtable + size, 2):
        (offset,) = struct.unpack_from("<H", found.Bytes, entry)
        if offset:
            yield found.Pos + offset


def _tables(content: bytes) -> dict[str, list[Any]]:
    """The tables of a valid file, by what they are."""
    model = tflite.Model.GetRootAs(content, 0)
    graph = model.Subgraphs(0)
    operators = [graph.Operators(i) for i in range(graph.OperatorsLength())]
    tensors = [graph.Tensors(i) for i in range(graph.TensorsLength())]
    return {
        "model": [model._tab],
        "graph": [graph._tab],
        "tensors": [one._tab for one in tensors],
        "operators": [one._tab for one in operators],
        "options": [one.BuiltinOptions() for one in operators if one.BuiltinOptions()],
        "quantisations": [one.Quantization()._tab for one in tensors if one.Quantization()],
        "codes": [model.OperatorCodes(i)._tab for i in range(model.OperatorCodesLength())],
        "buffers": [model.Buffers(i)._tab for i in range(model.BuffersLength())],
    }


VECTORS = {
    "model": (6, 8, 12),
    "graph": (4, 6, 8, 10),
    "tensors": (4,),
    "operators": (6, 8),
    "quantisations": (8, 10),
    "buffers": (4,),
}
"""Slots of vectors in the vtables of the schema, by table."""


@cache
def places(number: int) -> Places:
    """Of `source(number)`."""
    tables = _tables(source(number))

    def words(name: str, slot: int, size: int = 4) -> tuple[int, ...]:
        found = (_vector(one, slot) for one in tables[name])
        return tuple(start + size * i for start, count in found for i in range(count))

    vectors = [
        _vector(one, slot)[0]
        for name, slots in VECTORS.items()
        for slot in slots
        for one in tables[name]
    ]
    return Places(
        shapes=words("tensors", 4),
        tensors=words("operators", 6) + words("operators", 8) + words("graph", 6),
        lengths=tuple(start - UOffsetTFlags.bytewidth for start in vectors if start),
        floats=words("quantisations", 8),
        zero_points=words("quantisations", 10, 8),
        fields=tuple(place for found in tables.values() for one in found for place in _fields(one)),
    )
