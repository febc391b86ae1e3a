"""Sizes of the unit's state: the one place where they are written down."""

from __future__ import annotations

from dataclasses import dataclass

GROUPS = 4
"""Accumulators, and results in a packed word: one for each byte of a 32-bit word."""

TAPS = 4
"""Products that are added into one accumulator in a cycle."""


HISTORY_WORDS = 2
"""Words of a row that come before the current one and meet it with their own weights."""

REP_COUNT_BITS = 6
"""Of the operand of `rep`: how often it replays a patch."""

REP_COUNTS = 1 << REP_COUNT_BITS

TABLE_WORDS = 64
"""Words of the table that results may go through: an int8 for each of the 256."""

MOST = 1 << 16
"""Of any size: beyond, no chip has room and no simulation ends."""


@dataclass(frozen=True)
class Geometry:
    """Sizes that can change without changing the meaning of an instruction.

    Attributes:
        store_entries: entries of the weight store, 16 int8 weights (128 bits) each.
        param_groups: groups of four channels whose bias, multiplier and shift are held.
        patch_words: 32-bit words of the patch that `rep` can replay.
        rows: rows of history that the depthwise instructions keep, two words each.
        results: packed result words that wait to be read.
        queue: instructions that wait in front of the MAC array.
    """

    store_entries: int = 1024
    param_groups: int = 16
    patch_words: int = 256
    rows: int = 64
    results: int = 32
    queue: int = 16

    def __post_init__(self):
        for name, value in vars(self).items():
            if value < 2 or value & (value - 1):
                raise ValueError(f"{name} must be a power of two of at least 2, not {value}")
            if value > MOST:
                raise ValueError(f"{name} must be at most {MOST}, not {value}")

    @property
    def groups(self) -> int:
        """Accumulators: output channels at once."""
        return GROUPS

    @property
    def taps(self) -> int:
        """Products that each accumulator takes in a cycle."""
        return TAPS

    @property
    def lanes(self) -> int:
        """Multipliers."""
        return self.groups * self.taps

    @property
    def channels(self) -> int:
        """Channels whose bias, multiplier and shift are held."""
        return self.param_groups * self.groups
