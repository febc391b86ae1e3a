"""Changes to an image that leave its CRC right: what a broken packer or a flipped bit would do."""

from __future__ import annotations

import ctypes
import zlib
from collections.abc import Callable

from dwpw.image.format import Header, Operator, Span
from dwpw.plan.image import CRC_START

Damage = Callable[[bytearray, Header, Operator], None]
"""Changes an image's bytes, through them or through the header and operator that lie in them."""

ROOM = 1 << 16
"""Bytes of the arena of a damaged image: a larger tensor is not refused for lack of room."""


def mend(content: bytearray) -> bytes:
    """The image with the CRC that its bytes have."""
    header = Header.from_buffer(content)
    header.crc = zlib.crc32(memoryview(content)[CRC_START : header.size])
    return bytes(content)


def damaged(image: bytes, damage: Damage, operator: int = -1) -> bytes:
    """The image with one operator changed, the last one unless told; its CRC is right again."""
    content = bytearray(image)
    header = Header.from_buffer(content)
    header.arena_size = ROOM
    number = operator % header.operator_count
    offset = header.operators + number * ctypes.sizeof(Operator)
    damage(content, header, Operator.from_buffer(content, offset))
    return mend(content)


def nothing(_content: bytearray, _header: Header, _operator: Operator) -> None:
    """No damage at all."""


def header_field(name: str, value: object) -> Damage:
    """Set a field of the header."""
    return lambda _content, header, _operator: setattr(header, name, value)


def fields(**values: object) -> Damage:
    """Set fields of the operator."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        for name, value in values.items():
            setattr(operator, name, value)

    return damage


def param(position: int, value: int) -> Damage:
    """Set a word of `param`."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        operator.param[position] = value

    return damage


def longer(name: str, by: int) -> Damage:
    """Let a span end `by` bytes later."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        span = getattr(operator, name)
        setattr(operator, name, Span(span.offset, span.size + by))

    return damage


def over(name: str, other: str, size: int | None = None) -> Damage:
    """Move a span to 4 bytes before another one's end."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        place, span = getattr(operator, other), getattr(operator, name)
        end = place.offset + place.size
        setattr(operator, name, Span((end - 1) // 4 * 4, span.size if size is None else size))

    return damage


def onto(name: str, other: str) -> Damage:
    """Move a span to where another one begins."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        setattr(operator, name, Span(getattr(operator, other).offset, getattr(operator, name).size))

    return damage


def enlarged(side: str, axis: str, size: int) -> Damage:
    """Another size of "in" or "out" along "h", "w" or "c", in a place that has room for it."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        setattr(operator, f"{side}_{axis}", size)
        h, w, c = (getattr(operator, f"{side}_{one}") for one in "hwc")
        setattr(operator, {"in": "input", "out": "output"}[side], Span(ROOM // 2, h * w * c))

    return damage


def constant(name: str, index: int, value: int) -> Damage:
    """Set an int32 of a span of constants; `index` may count from the end."""

    def damage(content: bytearray, _header: Header, operator: Operator) -> None:
        span = getattr(operator, name)
        words = (ctypes.c_int32 * (span.size // 4)).from_buffer(content, span.offset)
        words[index] = value

    return damage


def both(*damages: Damage) -> Damage:
    """One after the other."""

    def damage(content: bytearray, header: Header, operator: Operator) -> None:
        for one in damages:
            one(content, header, operator)

    return damage
