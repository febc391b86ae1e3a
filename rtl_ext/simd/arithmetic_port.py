"""The multipliers of `simd`, where another unit has them: one record for the two."""

from __future__ import annotations

from migen.genlib.record import DIR_M_TO_S, DIR_S_TO_M

from compiler_intrinsics.simd.geometry import GROUPS, TAPS

from .layouts import BYTE, ZERO_POINT, bits_for_index
from .prescaler import SINK
from .rounding_shifter import SHIFTED

LANES = GROUPS * TAPS
"""Products in a cycle; lane g * TAPS + t is tap t of accumulator g."""

TOTAL = (2 * BYTE + 1 + bits_for_index(TAPS), True)
"""The sum of `TAPS` products."""

LATENCY = 2 + bits_for_index(TAPS)
"""Cycles from taps to totals: operands, products, and a register for each sum of two."""

LANES_PORT = [
    ("taps", LANES * BYTE, DIR_M_TO_S),
    ("weights", LANES * BYTE, DIR_M_TO_S),
    ("zero_point", ZERO_POINT, DIR_M_TO_S),
    ("totals", GROUPS * TOTAL[0], DIR_S_TO_M),
]
"""From who has operands to who multiplies them.

    taps, weights  16 x int8  lane by lane
    zero_point     int8       of the weights
    totals         4 x int19  answer: of each accumulator, `LATENCY` cycles later

Where lanes are lent, `taps` are 0 in each cycle but the first in which they are not lent, and the
lender's own are 0 in each cycle but the first in which they are: so they are or'ed. In those first
cycles nothing is multiplied.
"""

SCALING_PORT = [
    ("sink", [(*field, DIR_M_TO_S) for field in SINK]),
    ("source", [(*field, DIR_S_TO_M) for field in SHIFTED]),
]
"""From who has accumulators to who scales them, one per cycle.

    sink    SINK     0 in each cycle without an accumulator
    source  SHIFTED  answer: in order; `last` travels along
"""

ARITHMETIC_PORT = [
    ("lanes", LANES_PORT),
    ("scaling", SCALING_PORT),
    ("wants", 1, DIR_M_TO_S),
    ("quiet", 1, DIR_M_TO_S),
    ("lent", 1, DIR_S_TO_M),
]
"""From the unit that borrows to the one that lends.

    lanes    LANES_PORT
    scaling  SCALING_PORT
    wants    1  borrower to lender  there is a word that would be taken, were the lanes lent
    quiet    1  borrower to lender  nothing is under way in lanes and scaling
    lent     1  lender to borrower  a word may be taken in this cycle

It ends only behind a cycle without `wants` and with `quiet`, so never while they are in use.
"""
