"""The firmware refuses a damaged image with an error code, before it executes any of it.

What holds for every image and operator; the checks of single kernels have tests of their own
(`test_kernel_checks.py`).
"""

from __future__ import annotations

import pytest

from dwpw.image.format import ErrorCode, Span
from dwpw.image.limits import MAX_BYTES
from dwpw.plan.image import CRC_START, arena_offset
from tests.support.damage import ROOM, damaged, fields, header_field
from tests.support.host_firmware import HostFirmware
from tests.support.kernel_images import kernel_image
from tests.support.targets import TARGET

KERNEL = "reference/conv"


@pytest.fixture(scope="module")
def image() -> bytes:
    """An image of one convolution, in good order."""
    return kernel_image(KERNEL)


def _error(firmware: HostFirmware, image: bytes, memory_size: int | None = None) -> dict:
    """Run it, hold its status against its log, and give the only line of that."""
    size = arena_offset(len(image)) + ROOM if memory_size is None else memory_size
    run = firmware.run_raw(image[:size], size)
    assert run.error is not None
    (line,) = run.lines
    assert (line["dwpw"], line["code"], line["name"]) == ("error", run.status, run.error.name)
    return line


HEADER = {
    "magic": (header_field("magic", 1), ErrorCode.BAD_MAGIC),
    "version": (header_field("version", 99), ErrorCode.BAD_VERSION),
    "size of nothing": (header_field("size", 4), ErrorCode.BAD_SIZE),
    "size beyond the memory": (header_field("size", 1 << 31), ErrorCode.BAD_SIZE),
    "arena beyond the memory": (header_field("arena_size", 0xFFFFFFFF), ErrorCode.BAD_ARENA),
    "table outside": (header_field("operators", 1 << 30), ErrorCode.BAD_OPERATOR_TABLE),
    "table unaligned": (header_field("operators", 130), ErrorCode.BAD_OPERATOR_TABLE),
    "too many operators": (
        header_field("operator_count", 0x10000000),
        ErrorCode.BAD_OPERATOR_TABLE,
    ),
    "inputs outside": (header_field("inputs", Span(1 << 20, 8)), ErrorCode.BAD_SPAN),
    "no inputs": (header_field("inputs", Span(192, 0)), ErrorCode.BAD_SPAN),
    "half an input": (header_field("inputs", Span(192, 12)), ErrorCode.BAD_SPAN),
    "too many inputs": (header_field("inputs", Span(0, 8 * 33)), ErrorCode.BAD_SPAN),
    "outputs outside": (header_field("outputs", Span(1 << 20, 8)), ErrorCode.BAD_SPAN),
    "no outputs": (header_field("outputs", Span(192, 0)), ErrorCode.BAD_SPAN),
    "half an output": (header_field("outputs", Span(192, 12)), ErrorCode.BAD_SPAN),
    "too many outputs": (header_field("outputs", Span(0, 8 * 33)), ErrorCode.BAD_SPAN),
}
SPAN = ErrorCode.BAD_SPAN
PARAMETER = ErrorCode.BAD_PARAMETER
OPERATOR = {
    "input outside": (fields(input=Span(0, ROOM + 4)), SPAN, "input"),
    "second input outside": (fields(input2=Span(ROOM, 4)), SPAN, "input2"),
    "output that wraps around": (fields(output=Span(0xFFFFFFF0, 0x20)), SPAN, "output"),
    "scratch outside": (fields(scratch=Span(0, 1 << 20)), SPAN, "scratch"),
    "weights outside": (fields(weights=Span(1 << 30, 4)), SPAN, "weights"),
    "bias unaligned": (fields(bias=Span(129, 24)), SPAN, "bias"),
    "multipliers outside": (fields(multiplier=Span(1 << 20, 4)), SPAN, "multiplier"),
    "shifts outside": (fields(shift=Span(1 << 20, 4)), SPAN, "shift"),
    "table unaligned": (fields(table=Span(130, 4)), SPAN, "table"),
    "height 0": (fields(in_h=0), PARAMETER, "size"),
    "width 0": (fields(in_w=0), PARAMETER, "size"),
    "channels 0": (fields(in_c=0), PARAMETER, "size"),
    "output's height 0": (fields(out_h=0), PARAMETER, "size"),
    "output's width 0": (fields(out_w=0), PARAMETER, "size"),
    "negative channels": (fields(out_c=-1), PARAMETER, "size"),
    "kernel_h 0": (fields(kernel_h=0), PARAMETER, "size"),
    "kernel_w 0": (fields(kernel_w=0), PARAMETER, "size"),
    "stride 0": (fields(stride_h=0), PARAMETER, "size"),
    "stride 0 along lines": (fields(stride_w=0), PARAMETER, "size"),
    "dilation 0": (fields(dilation_h=0), PARAMETER, "size"),
    "dilation 0 along lines": (fields(dilation_w=0), PARAMETER, "size"),
    "no output for a channel": (fields(depth_multiplier=0), PARAMETER, "size"),
    "negative padding": (fields(pad_top=-1), PARAMETER, "size"),
    "negative padding left": (fields(pad_left=-1), PARAMETER, "size"),
    "padding beyond every memory": (fields(pad_top=MAX_BYTES + 1), PARAMETER, "size"),
    "kernel beyond every memory": (fields(kernel_w=MAX_BYTES + 1), PARAMETER, "size"),
    "larger than its tensor": (fields(in_w=6), PARAMETER, "input"),
    "smaller than its tensor": (fields(in_c=3), PARAMETER, "input"),
    "product beyond 32 bits": (fields(in_h=1 << 16, in_w=1 << 16), PARAMETER, "input"),
    "product beyond 64 bits": (
        fields(in_h=1 << 28, in_w=1 << 28, in_c=1 << 8),
        PARAMETER,
        "input",
    ),
    "output larger than its tensor": (fields(out_h=6), PARAMETER, "output"),
    "zero point": (fields(input_offset=129), PARAMETER, "input_offset"),
    "zero point below an int8": (fields(input_offset=-128), PARAMETER, "input_offset"),
    "zero point of the second input": (fields(input2_offset=129), PARAMETER, "input2_offset"),
    "zero point of the output": (fields(output_offset=128), PARAMETER, "output_offset"),
    "clamp upside down": (fields(act_max=-129), PARAMETER, "act_min"),
    "clamp below an int8": (fields(act_min=-129), PARAMETER, "act_min"),
    "clamp above an int8": (fields(act_max=128), PARAMETER, "act_max"),
}


@pytest.mark.parametrize("what", HEADER)
def test_a_damaged_header_is_refused(firmware: HostFirmware, image: bytes, what: str) -> None:
    damage, error = HEADER[what]
    line = _error(firmware, damaged(image, damage))
    assert line == {"dwpw": "error", "code": error, "name": error.name}


@pytest.mark.parametrize("what", OPERATOR)
def test_a_damaged_operator_is_refused_by_name(
    firmware: HostFirmware, image: bytes, what: str
) -> None:
    damage, error, field = OPERATOR[what]
    line = _error(firmware, damaged(image, damage))
    assert line["code"] == error
    assert (line["operator"], line["kernel"], line["what"]) == (0, KERNEL, field)


def test_a_kernel_of_another_firmware_is_refused(firmware: HostFirmware, image: bytes) -> None:
    line = _error(firmware, damaged(image, fields(kernel=len(TARGET.kernels))))
    assert line["code"] == ErrorCode.BAD_KERNEL
    assert (line["operator"], line["what"], "kernel" in line) == (0, "kernel", False)


def test_the_error_counts_operators_of_the_image(firmware: HostFirmware) -> None:
    image = damaged(kernel_image("reference/add"), fields(in_h=0), operator=1)
    assert _error(firmware, image)["operator"] == 1


def test_a_flipped_bit_is_noticed(firmware: HostFirmware, image: bytes) -> None:
    for position in range(CRC_START, len(image), 97):
        content = bytearray(image)
        content[position] ^= 0x10
        # Where the size itself is hit, it is refused first.
        error = _error(firmware, bytes(content))["code"]
        assert error in (ErrorCode.BAD_CRC, ErrorCode.BAD_SIZE)


def test_a_memory_smaller_than_a_header_is_not_read_beyond(
    firmware: HostFirmware, image: bytes
) -> None:
    assert _error(firmware, image, memory_size=16)["code"] == ErrorCode.BAD_SIZE


def test_a_memory_without_room_for_the_arena_is_refused(
    firmware: HostFirmware, image: bytes
) -> None:
    size = arena_offset(len(image))
    assert _error(firmware, image, memory_size=size)["code"] == ErrorCode.BAD_ARENA
