"""Files that no converter has written: random bytes, and valid models with damage.

    hostile_file(seed) -> HostileFile

A file is drawn from its seed alone.  Damage is aimed at shapes, operators' tensors, lengths of
vectors, scales and fields of tables (`hostile_places`), so that most files get further than to
their first offset.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import flatbuffers
import numpy as np

from dwpw.make.flatbuffer_writer import table
from tests.support.hostile_places import SOURCES, Places, places, source
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import (
    Add,
    AveragePool2D,
    Layer,
    Mean,
    Quantisation,
    Softmax,
)

INTEGERS = (
    *(0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 255, 256, 1000, 4096, 65535, 65536, 65537),
    *(1 << 20, 1 << 24, (1 << 28) - 1, 1 << 28, 1 << 30, (1 << 31) - 1),
    *(-1, -2, -128, -129, -(1 << 31)),
)
FLOATS = (0.0, -0.0, 1e-45, 1e-38, 1e-30, 1e-9, 1e-3, 1.0, 1e9, 1e30, 3.4e38, -1.0)
FLOATS += (float("inf"), float("-inf"), float("nan"))


@dataclass(frozen=True)
class HostileFile:
    """content: of the file; made: how, for people."""

    made: str
    content: bytes = field(repr=False)


def _put(content: bytearray, place: int, layout: str, value: float) -> None:
    """A number."""
    struct.pack_into(layout, content, place, value)


def _integer(rng: np.random.Generator) -> int:
    return INTEGERS[rng.integers(len(INTEGERS))]


def _pick(rng: np.random.Generator, found: tuple[int, ...]) -> int:
    return found[rng.integers(len(found))]


def _random_bytes(rng: np.random.Generator, content: bytearray, _: Places) -> None:
    content[:] = rng.bytes(int(rng.integers(8, 400)))
    if rng.random() < 0.7:
        content[4:8] = b"TFL3"
    if rng.random() < 0.5:
        _put(content, 0, "<I", int(rng.integers(0, len(content) + 9)))


def _flip_bits(rng: np.random.Generator, content: bytearray, _: Places) -> None:
    for place in rng.integers(8, len(content), rng.integers(1, 9)):
        content[place] ^= 1 << rng.integers(8)


def _put_bytes(rng: np.random.Generator, content: bytearray, _: Places) -> None:
    for place in rng.integers(0, len(content), rng.integers(1, 9)):
        content[place] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])


def _truncate(rng: np.random.Generator, content: bytearray, _: Places) -> None:
    del content[int(rng.integers(0, len(content))) :]


def _cut_out(rng: np.random.Generator, content: bytearray, _: Places) -> None:
    first, last = sorted(int(place) for place in rng.integers(0, len(content) + 1, 2))
    del content[first : first + (last - first) % 256]


def _change_shapes(rng: np.random.Generator, content: bytearray, found: Places) -> None:
    for _ in range(rng.integers(1, 4)):
        _put(content, _pick(rng, found.shapes), "<i", _integer(rng))


def _change_all_shapes(rng: np.random.Generator, content: bytearray, found: Places) -> None:
    """One size everywhere, so that shapes agree with one another."""
    old = struct.unpack_from("<i", content, _pick(rng, found.shapes))
    new = _integer(rng)
    for place in found.shapes:
        if struct.unpack_from("<i", content, place) == old:
            _put(content, place, "<i", new)


def _rewire(rng: np.random.Generator, content: bytearray, found: Places) -> None:
    """Operators read and write other tensors: cycles among them, and none."""
    for _ in range(rng.integers(1, 4)):
        value = int(rng.integers(-2, 12)) if rng.random() < 0.8 else _integer(rng)
        _put(content, _pick(rng, found.tensors), "<i", value)


def _stretch(rng: np.random.Generator, content: bytearray, found: Places) -> None:
    """Vectors that claim to be longer, or shorter."""
    value = int(rng.integers(0, 40)) if rng.random() < 0.5 else _integer(rng)
    _put(content, _pick(rng, found.lengths), "<I", value % (1 << 32))


def _rescale(rng: np.random.Generator, content: bytearray, found: Places) -> None:
    for _ in range(rng.integers(1, 4)):
        if rng.random() < 0.7:
            _put(content, _pick(rng, found.floats), "<f", FLOATS[rng.integers(len(FLOATS))])
        else:
            _put(content, _pick(rng, found.zero_points), "<q", _integer(rng))


def _change_fields(rng: np.random.Generator, content: bytearray, found: Places) -> None:
    """Numbers of types, of operators and buffers, options, and offsets to anywhere."""
    for _ in range(rng.integers(1, 4)):
        layout, value = ("<b", _integer(rng) % 128) if rng.random() < 0.6 else ("<i", _integer(rng))
        _put(content, _pick(rng, found.fields), layout, value)


DAMAGES: tuple[Callable[[np.random.Generator, bytearray, Places], None], ...] = (
    _flip_bits,
    _put_bytes,
    _change_shapes,
    _change_all_shapes,
    _rewire,
    _stretch,
    _rescale,
    _change_fields,
    _truncate,
    _cut_out,
    _random_bytes,
)
"""Those that move what stands in the file come last."""


def _absurd(rng: np.random.Generator) -> bytes:
    """A model in good order, whose tensors are too large to be computed, or to be held."""
    sizes = [int(size) for size in rng.choice([1, 2, 3, 255, 4096, 65535, 65536], 3)]
    shape = (1, *sizes)
    quantisation = Quantisation(0.05, 3)
    layers: list[Layer] = [
        AveragePool2D(output=quantisation, size=(1, 1), stride=(1, 1), padding="VALID"),
        AveragePool2D(output=quantisation, size=shape[1:3], stride=(1, 1), padding="VALID"),
        Mean(output=quantisation),
        Softmax(),
        Add(output=quantisation, source=0, other=0),
    ]
    chosen = layers[rng.integers(len(layers))]
    pair = [] if not isinstance(chosen, Add) else [layers[0]]
    return build_model(shape, quantisation, [*pair, chosen])


def _amplified(rng: np.random.Generator) -> bytes:
    """Thousands of tensors and operators that share what they are made of: a small file that is
    large when each gets its own."""
    builder = flatbuffers.Builder(1 << 20)
    large, many = int(rng.integers(1, 60_000)), int(rng.integers(1, 60_000))
    which = rng.integers(5)

    def vector(dtype: type, wanted: int, small: int = 1) -> int:
        values = np.ones(large if which == wanted else small, dtype)
        return builder.CreateNumpyVector(values)

    def vector_of_one(table: int, count: int) -> int:
        builder.StartVector(4, count, 4)
        for _ in range(count):
            builder.PrependUOffsetTRelative(table)
        return builder.EndVector()

    name = builder.CreateString("n" * (large if which == 0 else 1))
    numbers = vector(np.int32, 1, 4)
    quantisation = table(
        builder,
        "QuantizationParameters",
        Scale=vector(np.float32, 2),
        ZeroPoint=vector(np.int64, 2),
    )
    data = table(builder, "Buffer", Data=vector(np.uint8, 3))
    tensor = table(
        builder, "Tensor", Name=name, Shape=numbers, Type=9, Buffer=1, Quantization=quantisation
    )
    inputs = vector(np.int32, 4, 2)
    operator = table(builder, "Operator", OpcodeIndex=0, Inputs=inputs, Outputs=inputs)
    code = table(builder, "OperatorCode", BuiltinCode=0, CustomCode=name)
    graph = table(
        builder,
        "SubGraph",
        Tensors=vector_of_one(tensor, many),
        Operators=vector_of_one(operator, many if which in (0, 4) else 1),
        Inputs=inputs,
        Outputs=inputs,
    )
    buffers = vector_of_one(data, 2)
    codes, graphs = vector_of_one(code, 1), vector_of_one(graph, 1)
    model = table(
        builder, "Model", Version=3, OperatorCodes=codes, Subgraphs=graphs, Buffers=buffers
    )
    builder.Finish(model, b"TFL3")
    return bytes(builder.Output())


WHOLE: tuple[Callable[[np.random.Generator], bytes], ...] = (_absurd, _amplified)
"""Files that are hostile without damage."""

WHOLE_SHARE = 0.05


def hostile_file(seed: int) -> HostileFile:
    """The file of a seed: one damage, sometimes two, or one that was written with intent."""
    rng = np.random.default_rng([10, seed])
    if rng.random() < WHOLE_SHARE:
        make = WHOLE[rng.integers(len(WHOLE))]
        return HostileFile(make.__name__.strip("_"), make(rng))
    number = int(rng.integers(SOURCES))
    content, found = bytearray(source(number)), places(number)
    damages = [DAMAGES[rng.integers(len(DAMAGES))] for _ in range(1 + (rng.random() < 0.2))]
    damages.sort(key=DAMAGES.index)
    for damage in damages:
        damage(rng, content, found)
    names = " and ".join(damage.__name__.strip("_") for damage in damages)
    return HostileFile(f"{names} of source {number}", bytes(content))
