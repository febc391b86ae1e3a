"""The rounded high product against its meaning."""

from __future__ import annotations

import random

from compiler_intrinsics.arithmetic import rounding_doubling_high_mul
from rtl_ext.simd.high_multiplier import HighMultiplier
from tests.rtl_ext.drive import int32, through

MULTIPLIERS = (0, 1, 2**15, 2**16 - 1, 2**16, 2**30, 2**31 - 1)


def test_high_products_round_to_nearest_with_ties_upwards():
    rng = random.Random(1)
    inputs = [
        {
            "value": int32(rng),
            "multiplier": rng.choice((*MULTIPLIERS, rng.getrandbits(31), rng.getrandbits(31))),
            "right": rng.randrange(32),
        }
        for _ in range(600)
    ]
    # Ties: the product's low 31 bits are exactly a half.
    inputs += [{"value": odd, "multiplier": 2**30, "right": 0} for odd in (-3, -1, 1, 3, 2**31 - 1)]
    found = through(HighMultiplier(), inputs, rng)
    for item, output in zip(inputs, found, strict=True):
        exact = rounding_doubling_high_mul(item["value"], item["multiplier"])
        assert output["high"] + output["below"] == exact
        assert output["right"] == item["right"]
