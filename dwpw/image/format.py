"""The model image: the one definition of the bytes that planner and firmware exchange.

An image is a header, an operator table and a pool of constants (weights, biases, multipliers,
shifts, tables), all little endian.  The host writes it (`dwpw.plan.image`), the firmware walks it.
`dwpw.image.c_header` turns the structures below into the C header that the firmware includes, so
nothing here is typed a second time.

Offsets of constants count bytes from the start of the image; offsets of tensors count bytes from
the start of the arena, which follows the image at the next multiple of `ARENA_ALIGNMENT`.
"""

from __future__ import annotations

import ctypes
from enum import IntEnum, IntFlag

MAGIC = int.from_bytes(b"DWPW", "little")
VERSION = 3
ARENA_ALIGNMENT = 64
"""Bytes; two D$ lines, so that no tensor shares a line with the image."""

u32 = ctypes.c_uint32
i32 = ctypes.c_int32


class Record(ctypes.LittleEndianStructure):
    """Base of every structure of the image: 32-bit little-endian words, no padding."""

    _pack_ = 4
    _layout_ = "ms"


class Span(Record):
    """A range of bytes: of the image for constants, of the arena for tensors. Empty when unused."""

    _fields_ = (("offset", u32), ("size", u32))


def spans_at(image: bytes, place: Span) -> list[Span]:
    """The Span records that lie at a place of the image."""
    count = place.size // ctypes.sizeof(Span)
    return list((Span * count).from_buffer_copy(image, place.offset))


class Header(Record):
    """First bytes of an image."""

    _fields_ = (
        ("magic", u32),  # MAGIC
        ("version", u32),  # VERSION
        ("size", u32),  # bytes of the whole image, this header included
        ("crc", u32),  # CRC-32 (zlib) of everything behind this word up to `size`
        ("operator_count", u32),
        ("operators", u32),  # offset of the first Operator record
        ("arena_size", u32),  # bytes
        ("inputs", Span),  # image: Span records, of the arena
        ("outputs", Span),  # the same
        ("flags", u32),  # Flag bits
        ("reserved", u32 * 4),
    )


class Operator(Record):
    """One operator with its kernel and parameters.

    A step is one call of a kernel, for one operator or for several whose records follow one
    another.  A tensor between them that is not stored has an empty span.

    Shapes are NHWC with N = 1.  `input_offset` is minus the input's zero point, as in the TFLite
    reference kernels.  `param` holds what only one kind of operator or one kernel needs; its
    meaning is given by the `*Param` enumerations below and by those of the kernel sets.
    """

    _fields_ = (
        ("kernel", u32),  # index into the kernels of the target that it was planned for
        ("step", u32),  # operators of the step that begins here, 0 behind its first
        # arena
        ("input", Span),
        ("input2", Span),  # ADD
        ("output", Span),
        ("scratch", Span),
        # image
        ("weights", Span),  # layout is the kernel's own
        ("bias", Span),  # int32 per output channel
        ("multiplier", Span),  # int32 per output channel, Q0.31
        ("shift", Span),  # int32 per output channel, positive is left
        ("table", Span),  # kernel-specific constants
        ("in_h", i32),
        ("in_w", i32),
        ("in_c", i32),
        ("out_h", i32),
        ("out_w", i32),
        ("out_c", i32),
        ("kernel_h", i32),
        ("kernel_w", i32),
        ("stride_h", i32),
        ("stride_w", i32),
        ("dilation_h", i32),
        ("dilation_w", i32),
        ("pad_top", i32),
        ("pad_left", i32),
        ("depth_multiplier", i32),
        ("input_offset", i32),
        ("input2_offset", i32),
        ("weight_zero_point", i32),  # of weights that are stored as they are in the file
        ("output_offset", i32),  # plus the output's zero point
        ("act_min", i32),
        ("act_max", i32),
        ("param", i32 * 8),
    )


class AddParam(IntEnum):
    """`Operator.param` of ADD (TFLite reference: `AddElementwise` on int8)."""

    LEFT_SHIFT = 0
    INPUT1_MULTIPLIER = 1
    INPUT1_SHIFT = 2
    INPUT2_MULTIPLIER = 3
    INPUT2_SHIFT = 4
    OUTPUT_MULTIPLIER = 5
    OUTPUT_SHIFT = 6


class MeanParam(IntEnum):
    """`Operator.param` of MEAN over H and W."""

    MULTIPLIER = 0
    SHIFT = 1


class AveragePoolParam(IntEnum):
    """`Operator.param` of AVERAGE_POOL_2D in set `reference`."""

    HALVES_UP = 0  # 1: halves are rounded up, as in uint8, which has no other side of 0


class MulParam(IntEnum):
    """`Operator.param` of MUL of two tensors."""

    MULTIPLIER = 0
    SHIFT = 1


class ExtremumParam(IntEnum):
    """`Operator.param` of MINIMUM (0) and MAXIMUM (1) of two tensors."""

    LARGEST = 0


class CopyParam(IntEnum):
    """`Operator.param` of operators that take some elements of their input; counted in elements."""

    START = 0
    STEP_H = 1
    STEP_W = 2
    STEP_C = 3


class ConcatenationParam(IntEnum):
    """`Operator.param` of CONCATENATION."""

    OUTER = 0  # pieces of each input


class PadParam(IntEnum):
    """`Operator.param` of PAD; `pad_top` and `pad_left` are the operator's common fields."""

    PAD_FRONT_C = 0
    PAD_VALUE = 1


class SoftmaxParam(IntEnum):
    """`Operator.param` of SOFTMAX (int8 in and out): what the packer makes the table from."""

    INPUT_MULTIPLIER = 0
    INPUT_LEFT_SHIFT = 1
    DIFF_MIN = 2


class Flag(IntFlag):
    """Bits of `Header.flags`."""

    DUMP_TENSORS = 1  # simulator only: hand every output tensor to the harness
    WHOLE = 2  # one count of the whole inference, with nothing between the operators
    CPU_CHECKSUMS = 4  # the CPU computes checksums, as on a board, where the simulator would


NO_FLAGS = Flag(0)


class ErrorCode(IntEnum):
    """What the firmware reports for an image that it refuses, or that it cannot run to its end."""

    BAD_MAGIC = 1
    BAD_VERSION = 2
    BAD_SIZE = 3
    BAD_CRC = 4
    BAD_OPERATOR_TABLE = 5
    BAD_KERNEL = 6
    BAD_SPAN = 7
    BAD_ARENA = 8
    BAD_PARAMETER = 9
    TRAP = 10
    KERNEL_FAILED = 11
