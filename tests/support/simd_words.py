"""Words of four int8 that are worth multiplying."""

from __future__ import annotations

import random

CORNER_WORDS = (0x80808080, 0x7F7F7F7F, 0x00000000, 0xFFFFFFFF, 0x807F807F, 0x01010101)


def random_word(rng: random.Random) -> int:
    """Any word; one of the corners now and then."""
    return rng.choice(CORNER_WORDS) if rng.random() < 0.2 else rng.getrandbits(32)
