"""Random damage to images: what a firmware may be handed that no packer has made.

A mutation is drawn from a seed alone.  Most change fields of a record to values at which checks and
kernels turn, some keep a record consistent while it changes (so that kernels run with shapes that
no model had), the others flip bits.  The CRC is right again afterwards.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dwpw.image.format import Header, Operator, Record, Span
from dwpw.image.limits import MAX_STEP
from dwpw.plan.image import CONSTANTS, arena_offset
from tests.support.damage import mend
from tests.support.kernel_images import FURTHER_MODELS, MODELS, image_of, kernel_set_of
from tests.support.targets import KERNEL_SETS, TARGET

Origin = Callable[[np.random.Generator], tuple[str, bytes]]
"""Draws an image in good order; says what it is."""

LARGEST_ARENA = 1 << 14
"""Bytes; bounds the work that a mutated record may ask for to about a second on the host."""

EDGES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256)
FAR = (1 << 15, 1 << 16, 1 << 20, 1 << 28, (1 << 28) + 1, (1 << 31) - 1)
SHAPES = (("in_h", "in_w", "in_c"), ("out_h", "out_w", "out_c"))
TENSORS = ("input", "output")
SPANS = ("input", "input2", "output", "scratch", *CONSTANTS)
WORDS = [name for name, kind in Operator._fields_ if kind is ctypes.c_int32]
PARAM_WORDS = len(Operator().param)


@dataclass(frozen=True)
class Mutation:
    """A damaged image.

    source: model and kernel set that it was made from; steps: what was changed, for people.
    """

    source: str
    steps: tuple[str, ...]
    image: bytes

    @property
    def memory_size(self) -> int:
        """Bytes for image and arena, none to spare unless the header asks for too much."""
        header = Header.from_buffer_copy(self.image)
        arena = min(header.arena_size, LARGEST_ARENA)
        return arena_offset(len(self.image)) + arena


class _Mutator:
    """One image under change."""

    def __init__(self, rng: np.random.Generator, image: bytes) -> None:
        self.rng = rng
        self.content = bytearray(image)
        self.header = Header.from_buffer(self.content)
        number = int(rng.integers(self.header.operator_count))
        offset = self.header.operators + number * ctypes.sizeof(Operator)
        self.operator = Operator.from_buffer(self.content, offset)
        self.steps: list[str] = []

    def value(self, old: int) -> int:
        """A number at which something may turn, near the old one or far from it."""
        near = (old - 1, old + 1, old - 4, old + 4, 2 * old, old // 2, -old)
        kind = self.rng.integers(10)
        pool = near if kind < 4 else EDGES if kind < 8 else FAR
        value = int(self.rng.choice(np.array(pool, np.int64)))
        return -value if self.rng.random() < 0.1 else value

    def choose(self, names):
        """One of them."""
        return names[int(self.rng.integers(len(names)))]

    def set(self, record: Record, name: str, value: int) -> None:
        """Set a 32-bit field."""
        setattr(record, name, value)
        self.steps.append(f"{type(record).__name__}.{name} = {value}")

    def word(self) -> None:
        """A field of the operator."""
        name = self.choose(WORDS)
        self.set(self.operator, name, self.value(getattr(self.operator, name)))

    def param(self) -> None:
        """A word of `param`."""
        position = int(self.rng.integers(4)) if self.rng.random() < 0.8 else self.rng.integers(8)
        value = self.value(self.operator.param[position])
        self.operator.param[position] = value
        self.steps.append(f"param[{position}] = {value}")

    def shape(self) -> None:
        """A shape that still fills its tensor, as far as the numbers allow."""
        side = int(self.rng.integers(2))
        first, second = self.rng.choice(3, 2, replace=False)
        one, other = SHAPES[side][first], SHAPES[side][second]
        factor = int(self.choose((2, 3, 4, 5)))
        if getattr(self.operator, other) % factor == 0:
            self.set(self.operator, one, getattr(self.operator, one) * factor)
            self.set(self.operator, other, getattr(self.operator, other) // factor)

    def tensor(self) -> None:
        """Another size of a tensor along one axis, its span with it."""
        side = int(self.rng.integers(2))
        name = self.choose(SHAPES[side])
        self.set(self.operator, name, int(self.rng.integers(1, 20)))
        size = int(np.prod([getattr(self.operator, one) for one in SHAPES[side]], dtype=np.int64))
        span = getattr(self.operator, TENSORS[side])
        span.size = size & 0xFFFFFFFF
        self.steps.append(f"{TENSORS[side]}.size = {span.size}")
        self.header.arena_size = max(self.header.arena_size, LARGEST_ARENA)

    def span(self) -> None:
        """Place or size of a span."""
        name = self.choose(SPANS)
        span: Span = getattr(self.operator, name)
        field = self.choose(("offset", "size"))
        self.set(span, field, self.value(getattr(span, field)) & 0xFFFFFFFF)
        self.steps[-1] = f"{name}.{field} = {getattr(span, field)}"

    def kernel(self) -> None:
        """Another kernel, or another number of operators in a step."""
        if self.rng.random() < 0.7:
            self.set(self.operator, "kernel", int(self.rng.integers(len(TARGET.kernels) + 1)))
        else:
            self.set(self.operator, "step", int(self.choose((0, 1, 2, 3, MAX_STEP, 2**32 - 1))))

    def constants(self) -> None:
        """Other bytes, all of a span or a word of it."""
        name = self.choose(CONSTANTS)
        span = getattr(self.operator, name)
        end = min(span.offset + span.size, len(self.content))
        if span.offset + 4 > end:
            return
        start, size = span.offset, end - span.offset
        if self.rng.random() < 0.5:
            start, size = start + int(self.rng.integers(size // 4)) * 4, 4
        extreme = self.choose((b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\x00\x80"))
        data = self.rng.bytes(size) if self.rng.random() < 0.5 else (extreme * size)[:size]
        for position, byte in enumerate(data):  # slices would resize, which ctypes forbids
            self.content[start + position] = byte
        self.steps.append(f"{size} bytes of {name} at {start}")

    def head(self) -> None:
        """A field of the header."""
        name = self.choose(("size", "operator_count", "operators", "arena_size", "flags"))
        self.set(self.header, name, self.value(getattr(self.header, name)) & 0xFFFFFFFF)

    def bits(self) -> None:
        """Some bits, anywhere in the operator table or in the whole image."""
        first = self.header.operators if self.rng.random() < 0.7 else ctypes.sizeof(Header)
        end = len(self.content)
        if first == self.header.operators:
            end = min(end, first + ctypes.sizeof(Operator) * self.header.operator_count)
        for _ in range(int(self.rng.integers(1, 5))):
            if first >= end:
                return
            position, bit = int(self.rng.integers(first, end)), int(self.rng.integers(8))
            self.content[position] ^= 1 << bit
            self.steps.append(f"bit {bit} of byte {position}")


KINDS = (
    *(_Mutator.word, _Mutator.word, _Mutator.word, _Mutator.param, _Mutator.param),
    *(_Mutator.shape, _Mutator.tensor, _Mutator.tensor, _Mutator.span, _Mutator.constants),
    *(_Mutator.kernel, _Mutator.head, _Mutator.bits),
)


def _source(rng: np.random.Generator) -> tuple[str, bytes]:
    """An image in good order: of a kernel, or of one of the further models in any set."""
    if rng.random() < 0.7:
        model = list(MODELS)[int(rng.integers(len(MODELS)))]
        kernel_set = kernel_set_of(model)
    else:
        model = list(FURTHER_MODELS)[int(rng.integers(len(FURTHER_MODELS)))]
        kernel_set = KERNEL_SETS[int(rng.integers(len(KERNEL_SETS)))]
    return f"{model} ({kernel_set.name})", image_of(model, kernel_set)


def mutation(seed: int, origin: Origin = _source) -> Mutation:
    """The mutation of that number, of an image that `origin` draws."""
    rng = np.random.default_rng([20, seed])
    source, image = origin(rng)
    mutator = _Mutator(rng, image)
    for _ in range(int(rng.integers(1, 5))):
        KINDS[int(rng.integers(len(KINDS)))](mutator)
    return Mutation(f"{source}, seed {seed}", tuple(mutator.steps), mend(mutator.content))
