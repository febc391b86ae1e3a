"""Records that travel between the modules of the unit, and the widths in them."""

from __future__ import annotations

from compiler_intrinsics.instruction_set import FUNCT3_BITS
from compiler_intrinsics.simd.geometry import TABLE_WORDS, Geometry
from compiler_intrinsics.simd.spec import INSTRUCTION_SET

from ..cfu_bus import WORD

BYTE = 8

COMMAND = [
    ("part", FUNCT3_BITS),
    ("funct7", INSTRUCTION_SET.funct7_bits),
    ("a", WORD),
    ("b", WORD),
]
"""An instruction in the queue: funct3, the bits of funct7 that the set uses, rs1, rs2."""


ZERO_POINT = (BYTE, True)


def bits_for_index(size: int) -> int:
    """Width of an index into `size` (a power of two) places."""
    return size.bit_length() - 1


def entry_bits(geometry: Geometry) -> int:
    """Width of an entry of the weight store: a weight for each lane."""
    return geometry.lanes * BYTE


def parts_of_entry(geometry: Geometry) -> int:
    """How many `ld_weights`, two words each, an entry takes."""
    return entry_bits(geometry) // (2 * WORD)


def ring_load(size: int) -> list[tuple[str, int]]:
    """New bounds of a ring over `size` places, taken over with `load`."""
    width = bits_for_index(size)
    return [("load", 1), ("first", width), ("last", width)]


def store_write(geometry: Geometry) -> list[tuple[str, int]]:
    """Write port of the weight store; `enable` has a bit for each part of an entry."""
    return [
        ("enable", parts_of_entry(geometry)),
        ("address", bits_for_index(geometry.store_entries)),
        ("low", WORD),
        ("high", WORD),
    ]


def mac_step(geometry: Geometry) -> list[tuple[str, int]]:
    """One word on its way to the MAC array.

    mac: multiply and accumulate; up: behind accumulators times 256; shift: push the word into its
    row's history; last: completes a result with parameter group `group`; clear: forget the
    accumulators (comes without mac); zero_point: of the weights; dot: the word if its four bytes
    are taps, else 0; column: the word if it is the third column of a depthwise window, else 0.
    """
    return [
        ("mac", 1),
        ("up", 1),
        ("shift", 1),
        ("last", 1),
        ("clear", 1),
        ("group", bits_for_index(geometry.param_groups)),
        ("zero_point", ZERO_POINT),
        ("dot", WORD),
        ("column", WORD),
    ]


BIAS = (32, True)
MULTIPLIER = 31
SHIFT = (6, True)
PARAMETERS = [("bias", BIAS), ("multiplier", MULTIPLIER), ("shift", SHIFT)]
"""Of a channel: int32; Q0.31; -31..31, positive to the left."""

RIGHT = 5
"""Width of a right shift of 0..31."""

SCALED = (10, True)
"""A scaled accumulator, saturated.  Beyond 9 bits it is clamped wherever the zero point lies; one
bit more, since rounding can carry out of them."""


def scale_write(geometry: Geometry) -> list:
    """Write port of the requantiser's parameters."""
    return [
        ("channel", bits_for_index(geometry.channels)),
        ("write_bias", 1),
        ("write_scale", 1),
        ("bias", BIAS),
        ("multiplier", MULTIPLIER),
        ("shift", SHIFT),
    ]


TABLE_WRITE = [("enable", 1), ("place", bits_for_index(TABLE_WORDS)), ("four", WORD)]
"""Write port of the table that results may go through."""

OUTPUT = [
    ("zero_point", (BYTE, True)),
    ("act_min", (BYTE, True)),
    ("act_max", (BYTE, True)),
    ("through_table", 1),
]
"""Output zero point and clamp, and whether results go through the table behind it."""
