"""What old converters wrote, made acceptable to the newest interpreter.

TFLite Micro runs these files; the interpreter that computes the golden layers has become stricter.
The user's file stays as it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import tflite

DIMENSION_SLOT = 16
"""Place of `quantized_dimension` in the vtable of QuantizationParameters, by the schema."""


def repaired(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The file's bytes with repairs, and what was repaired, in words."""
    places = list(_dimensions_beyond_the_shape(content))
    if not places:
        return content, ()
    buffer = bytearray(content)
    for place in places:
        struct.pack_into("<i", buffer, place, 0)
    what = f"quantized_dimension of {len(places)} tensors is outside their shape and taken as 0"
    return bytes(buffer), (what,)


def _dimensions_beyond_the_shape(content: bytes) -> Iterator[int]:
    """Where a `quantized_dimension` stands that means nothing: of a tensor with one scale, or with
    one dimension."""
    graph = tflite.Model.GetRootAs(content, 0).Subgraphs(0)
    for number in range(graph.TensorsLength()):
        tensor = graph.Tensors(number)
        quantisation: Any = tensor.Quantization()
        if quantisation is None or (quantisation.ScaleLength() > 1 and tensor.ShapeLength() > 1):
            continue
        table = quantisation._tab
        offset = table.Offset(DIMENSION_SLOT)
        if offset and not 0 <= quantisation.QuantizedDimension() < max(tensor.ShapeLength(), 1):
            yield table.Pos + offset
