"""The firmware refuses a damaged image with an error code, before it executes any of it."""

from __future__ import annotations

import ctypes
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from dwpw.image.format import ErrorCode, Header, Operator, Span
from dwpw.plan.image import CRC_START, arena_offset, pack
from dwpw.plan.planner import plan
from tests.support.exactness import read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import random_conv
from tests.support.targets import REFERENCE, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Quantisation

SHAPE = (1, 5, 5, 4)
Damage = Callable[[Header, Operator], None]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An image of one convolution, in good order."""
    rng = np.random.default_rng(1)
    source = Quantisation(0.1, 3)
    model = build_model(SHAPE, source, [random_conv(rng, SHAPE, source)])
    graph = read_bytes(model, tmp_path_factory.mktemp("image"))
    return pack(plan(graph, TARGET, REFERENCE))


def _damaged(image: bytes, damage: Damage, mend_crc: bool = True) -> bytes:
    """The image with changed records, its CRC made right again."""
    content = bytearray(image)
    header = Header.from_buffer(content)
    damage(header, Operator.from_buffer(content, header.operators))
    if mend_crc:
        header.crc = zlib.crc32(content[CRC_START : len(image)])
    return bytes(content)


def _error(firmware: HostFirmware, image: bytes, memory_size: int | None = None) -> ErrorCode:
    """Run it and hold its log against its status."""
    size = arena_offset(len(image)) + (1 << 16) if memory_size is None else memory_size
    run = firmware.run_raw(image[:size], size, 0, b"")
    assert run.error is not None
    line = {"dwpw": "error", "code": run.status, "name": run.error.name}
    assert run.lines == (line,)
    return run.error


def _set(name: str, value: object) -> Damage:
    """Set a field of the operator."""
    return lambda _, operator: setattr(operator, name, value)


def _set_header(name: str, value: object) -> Damage:
    return lambda header, _: setattr(header, name, value)


DAMAGES = {
    "magic": (_set_header("magic", 1), ErrorCode.BAD_MAGIC),
    "version": (_set_header("version", 99), ErrorCode.BAD_VERSION),
    "size of nothing": (_set_header("size", 4), ErrorCode.BAD_SIZE),
    "size beyond the memory": (_set_header("size", 1 << 31), ErrorCode.BAD_SIZE),
    "arena beyond the memory": (_set_header("arena_size", 0xFFFFFFFF), ErrorCode.BAD_ARENA),
    "table outside": (_set_header("operators", 1 << 30), ErrorCode.BAD_OPERATOR_TABLE),
    "table unaligned": (_set_header("operators", 130), ErrorCode.BAD_OPERATOR_TABLE),
    "too many operators": (
        _set_header("operator_count", 0x10000000),
        ErrorCode.BAD_OPERATOR_TABLE,
    ),
    "input outside": (_set_header("input", Span(0, 1 << 30)), ErrorCode.BAD_SPAN),
    "kernel": (_set("kernel", len(TARGET.kernels)), ErrorCode.BAD_KERNEL),
    "tensor outside": (_set("output", Span(0xFFFFFFF0, 0x20)), ErrorCode.BAD_SPAN),
    "scratch outside": (_set("scratch", Span(0, 1 << 20)), ErrorCode.BAD_SPAN),
    "constants outside": (_set("weights", Span(1 << 30, 4)), ErrorCode.BAD_SPAN),
    "constants unaligned": (_set("bias", Span(129, 400)), ErrorCode.BAD_SPAN),
    "height 0": (_set("in_h", 0), ErrorCode.BAD_PARAMETER),
    "negative channels": (_set("out_c", -1), ErrorCode.BAD_PARAMETER),
    "stride 0": (_set("stride_w", 0), ErrorCode.BAD_PARAMETER),
    "negative padding": (_set("pad_top", -1), ErrorCode.BAD_PARAMETER),
    "larger than its tensor": (_set("in_w", 6), ErrorCode.BAD_PARAMETER),
    "product beyond 32 bits": (_set("in_c", 1 << 16), ErrorCode.BAD_PARAMETER),
    "zero point": (_set("input_offset", 129), ErrorCode.BAD_PARAMETER),
    "clamp upside down": (_set("act_max", -129), ErrorCode.BAD_PARAMETER),
    "no bias": (_set("bias", Span(0, 0)), ErrorCode.BAD_PARAMETER),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_image_is_refused(firmware: HostFirmware, image: bytes, what: str) -> None:
    damage, error = DAMAGES[what]
    assert _error(firmware, _damaged(image, damage)) == error


def test_a_flipped_bit_is_noticed(firmware: HostFirmware, image: bytes) -> None:
    for position in range(CRC_START, len(image), 97):
        content = bytearray(image)
        content[position] ^= 0x10
        # Where the size itself is hit, it is refused first.
        assert _error(firmware, bytes(content)) in (ErrorCode.BAD_CRC, ErrorCode.BAD_SIZE)


def test_a_negative_multiplier_or_wild_shift_is_refused(
    firmware: HostFirmware, image: bytes
) -> None:
    header = Header.from_buffer_copy(image)
    operator = Operator.from_buffer_copy(image, header.operators)
    for span, value in ((operator.multiplier, -1), (operator.shift, 31), (operator.shift, -32)):
        content = bytearray(image)
        ctypes.c_int32.from_buffer(content, span.offset).value = value
        header.crc = zlib.crc32(content[CRC_START:])
        content[: ctypes.sizeof(Header)] = bytes(header)
        assert _error(firmware, bytes(content)) == ErrorCode.BAD_PARAMETER


def test_a_memory_smaller_than_a_header_is_not_read_beyond(
    firmware: HostFirmware, image: bytes
) -> None:
    assert _error(firmware, image, memory_size=16) == ErrorCode.BAD_SIZE


def test_a_memory_without_room_for_the_arena_is_refused(
    firmware: HostFirmware, image: bytes
) -> None:
    assert _error(firmware, image, memory_size=arena_offset(len(image))) == ErrorCode.BAD_ARENA
