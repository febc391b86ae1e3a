"""The operands of the unit's instructions: legal values, and those worth testing.

The examples work on the state that the hazard tests start from: rings over eight entries and
groups, and sums so small that nothing is clamped.
"""

from __future__ import annotations

from random import Random

from ..instruction_set import Operand
from .geometry import REP_COUNTS, TABLE_WORDS, Geometry
from .state import THROUGH_TABLE, State

EXTREME_WORDS = (0x80808080, 0x7F7F7F7F, 0xFFFFFFFF, 0x807F807F, 0x01010101)
FULL_CLAMP = 0x7F80
"""-128..127."""


def _entries(geometry: Geometry) -> range:
    return range(geometry.store_entries)


def _groups(geometry: Geometry) -> range:
    return range(geometry.param_groups)


def _near_the_ends(rng: Random, state: State) -> int:
    """A store entry; mostly so that first..last is a short ring, now and then across the end."""
    size = state.geometry.store_entries
    return rng.choice((rng.randrange(size), *(rng.randrange(-4, 40) % size for _ in range(3))))


def _clamp(rng: Random, _: State) -> int:
    """Clamp of the output, mostly none; now and then through the table."""
    table = THROUGH_TABLE if rng.random() < 0.3 else 0
    if rng.random() < 0.7:
        return table | FULL_CLAMP
    low, high = sorted(rng.randrange(-128, 128) for _ in range(2))
    return table | low & 0xFF | (high & 0xFF) << 8


def _bias(rng: Random, _: State) -> int:
    return rng.getrandbits(32) if rng.random() < 0.2 else rng.randrange(-(2**14), 2**14)


def _multiplier(rng: Random, _: State) -> int:
    """Mostly normalised, as TFLite's are; averages bring others."""
    return (
        rng.getrandbits(31) >> rng.choice((0, 4, 12))
        if rng.random() < 0.2
        else rng.randrange(2**30, 2**31)
    )


def _shift(rng: Random, _: State) -> int:
    """Such that results are seldom 0 and seldom clamped."""
    return rng.randrange(-32, 32) if rng.random() < 0.1 else rng.randrange(-10, -5)


def _room(state: State) -> range:
    """Counts that leave no more results unread than can wait."""
    return range(min(REP_COUNTS, state.geometry.results - len(state.results) + 1))


FIRST_ENTRY = Operand(name="first", values=_entries, usual=_near_the_ends, example=2)
LAST_ENTRY = Operand(name="last", values=_entries, usual=_near_the_ends, example=6)
FIRST_GROUP = Operand(name="first", values=_groups, example=3)
LAST_GROUP = Operand(name="last", values=_groups, example=5)
ZERO_POINT = Operand(name="zero_point", values=range(-128, 128), example=3)
WEIGHT_ZERO_POINT = Operand(
    name="zero_point",
    values=range(-128, 128),
    usual=lambda rng, _: rng.choice((0, 0, rng.randrange(-128, 128))),
    example=-5,
)
ACT = Operand(
    name="act",
    values=range(1 << 17),
    corners=(FULL_CLAMP, THROUGH_TABLE | FULL_CLAMP),
    usual=_clamp,
    example=0x70E0,  # -32..112
)
ENTRY = Operand(name="entry", values=_entries, example=2)
CHANNEL = Operand(name="channel", values=lambda geometry: range(geometry.channels), example=5)
LOW = Operand(name="low", corners=EXTREME_WORDS, example=0x010003FD)
HIGH = Operand(name="high", corners=EXTREME_WORDS, example=0xFF0201FE)
PLACE = Operand(name="place", values=range(TABLE_WORDS), example=1)
FOUR = Operand(name="four", corners=EXTREME_WORDS, example=0x0B02FD05)
BIAS = Operand(name="bias", values=range(-(2**31), 2**31), usual=_bias, example=21)
MULTIPLIER = Operand(
    name="multiplier", values=range(2**31), corners=(2**30,), usual=_multiplier, example=1 << 29
)
SHIFT = Operand(name="shift", values=range(-32, 32), usual=_shift, example=1)
WORD_A = Operand(name="a", corners=EXTREME_WORDS, example=0x010003FD)
WORD_B = Operand(name="b", corners=EXTREME_WORDS, example=0xFF0201FE)
COUNT = Operand(name="count", values=range(REP_COUNTS), now=_room, corners=(1, 2), example=1)
