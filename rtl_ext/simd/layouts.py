"""Records that travel between the modules of the extension."""

from __future__ import annotations

from compiler_intrinsics.simd.geometry import GROUPS, Geometry

from ..cfu_bus import WORD

COMMAND = [("unit", 3), ("funct7", 4), ("a", WORD), ("b", WORD)]
"""An instruction in the queue. Four bits of funct7 tell all instructions of a unit apart."""


def bits_for_index(size: int) -> int:
    """Width of an index into `size` (a power of two) places."""
    return size.bit_length() - 1


def mac_step(geometry: Geometry) -> list[tuple[str, int]]:
    """One word on its way to the MAC array.

    mac: multiply and accumulate; shift: push the word into its row's history; dw: take the taps
    from the history, else from the word; last: completes a result with parameter group `group`;
    clear: forget the accumulators (comes without mac).
    """
    return [
        ("mac", 1),
        ("shift", 1),
        ("dw", 1),
        ("last", 1),
        ("clear", 1),
        ("group", bits_for_index(geometry.param_groups)),
        ("row", bits_for_index(geometry.rows)),
        ("word", WORD),
    ]


SCALE_WRITE_BITS = {"bias": 32, "multiplier": 31, "shift": 6}
"""Widths of a channel's parameters."""


def scale_write(geometry: Geometry) -> list[tuple[str, int]]:
    """Write port of the requantiser's parameters."""
    return [
        ("channel", bits_for_index(geometry.param_groups * GROUPS)),
        ("write_bias", 1),
        ("write_scale", 1),
        *SCALE_WRITE_BITS.items(),
    ]


OUTPUT_STAGE = [("zero_point", (8, True)), ("act_min", (8, True)), ("act_max", (8, True))]
"""Output zero point and clamp."""
