"""Cuts a .tflite file at operators that somebody else computes.

A segment is the same file, but runs only the operators between two cuts: its table of operators is
shortened in place, and new lists of inputs and outputs stand behind everything else.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import tflite

ALIGNMENT = 16
INPUTS_SLOT, OUTPUTS_SLOT, OPERATORS_SLOT = 6, 8, 10
"""Places of three fields in the vtable of a SubGraph, by the schema."""


@dataclass(frozen=True)
class Segment:
    """A file that runs the operators `first` to `last`, the last not included.

    inputs: tensors that it reads and operators before it have written, or inputs of the model.
    outputs: tensors that it writes.
    """

    first: int
    last: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    content: bytes = field(repr=False)


def segments(
    content: bytes, model_inputs: Iterable[int], cuts: Collection[int]
) -> Iterator[Segment | int]:
    """The model in its order: segments, and between them the operators of `cuts` by number."""
    graph = tflite.Model.GetRootAsModel(content, 0).Subgraphs(0)
    reads = [_numbers(graph.Operators(i).InputsAsNumpy()) for i in range(graph.OperatorsLength())]
    writes = [_numbers(graph.Operators(i).OutputsAsNumpy()) for i in range(graph.OperatorsLength())]
    written = {*model_inputs}
    first = 0
    for last in [*sorted(cuts), len(reads)]:
        if first < last:
            outputs = [number for one in writes[first:last] for number in one]
            wanted = {number for one in reads[first:last] for number in one}
            inputs = sorted(wanted & written - set(outputs))
            cut = _cut(content, first, last, inputs, outputs)
            yield Segment(first, last, tuple(inputs), tuple(outputs), cut)
            written.update(outputs)
        if last < len(reads):
            yield last
            written.update(writes[last])
        first = last + 1


def _numbers(indices: object) -> list[int]:
    # Package tflite gives the number 0 for a vector that is not there.
    return [] if isinstance(indices, int) else [int(index) for index in indices]


def _cut(content: bytes, first: int, last: int, inputs: list[int], outputs: list[int]) -> bytes:
    buffer = bytearray(content)
    table = tflite.Model.GetRootAsModel(content, 0).Subgraphs(0)._tab
    _keep_operators(buffer, table.Vector(table.Offset(OPERATORS_SLOT)), first, last)
    for slot, numbers in ((INPUTS_SLOT, inputs), (OUTPUTS_SLOT, outputs)):
        buffer.extend(bytes(-len(buffer) % ALIGNMENT))
        position = table.Pos + table.Offset(slot)
        struct.pack_into("<I", buffer, position, len(buffer) - position)
        buffer.extend(struct.pack(f"<I{len(numbers)}i", len(numbers), *numbers))
    return bytes(buffer)


def _keep_operators(buffer: bytearray, start: int, first: int, last: int) -> None:
    """Shorten the vector whose elements begin at `start`; each is an offset from its own place."""
    for new, old in enumerate(range(first, last)):
        (offset,) = struct.unpack_from("<I", buffer, start + 4 * old)
        struct.pack_into("<I", buffer, start + 4 * new, offset + 4 * (old - new))
    struct.pack_into("<I", buffer, start - 4, last - first)
