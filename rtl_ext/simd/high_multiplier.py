"""The rounded high half of a product: gemmlowp's `SaturatingRoundingDoublingHighMul`."""

from __future__ import annotations

from migen import Cat, Module, Record, Signal

from ..cfu_bus import WORD
from ..stage import stage
from .layouts import RIGHT
from .prescaler import LAST, SHIFTED

HALF = WORD // 2
FACTOR = (HALF + 1, True)
PRODUCT = (2 * FACTOR[0], True)

PRODUCTS = [
    ("high_high", PRODUCT),
    ("high_low", PRODUCT),
    ("low_high", PRODUCT),
    ("low_low", PRODUCT),
    ("right", RIGHT),
    LAST,
]
MIDDLE = [
    ("high_high", (WORD, True)),
    ("middle", (PRODUCT[0] + 1, True)),
    ("low_low", WORD),
    ("right", RIGHT),
    LAST,
]
HIGH = [("high", (WORD, True)), ("below", 1), ("right", RIGHT), LAST]
"""The product's high half, and the bit below it, which rounds it up."""


class HighMultiplier(Module):
    """(value * multiplier * 2) >> 32, rounded to nearest with ties upwards.

        sink ─> 4 products ─> | m1 ─> + middle ─> | m2 ─> + all ─> | source

    value * multiplier = (xh << 16 + xl) * (mh << 16 + ml), with xl, mh and ml unsigned: 17 x 17
    bits fit a hardware multiplier.  A value per cycle, no stalls.  The last bit is added by who
    rounds next, so that it takes no adder of its own.

    Ports:
        sink    SHIFTED  in   value: int32; multiplier: 31; right: 5; last: 1
        source  HIGH     out  high: int32, to which below: 1 is to be added; right, last: as they
                              came
    """

    def __init__(self):
        self.sink = sink = Record(SHIFTED)
        self.source = source = stage(HIGH, "high")

        # # #

        x_high, x_low = Signal(FACTOR), Signal(FACTOR)
        m_high, m_low = Signal(FACTOR), Signal(FACTOR)
        self.comb += [
            x_high.eq(Cat(sink.value[HALF:], sink.value[-1])),
            x_low.eq(sink.value[:HALF]),
            m_high.eq(sink.multiplier[HALF:]),
            m_low.eq(sink.multiplier[:HALF]),
        ]
        m1 = stage(PRODUCTS, "m1")
        m2 = stage(MIDDLE, "m2")
        total = Signal((2 * WORD, True))
        self.comb += total.eq(Cat(m2.low_low, m2.high_high) + (m2.middle << HALF))
        self.sync += [
            m1.eq(sink),
            m1.high_high.eq(x_high * m_high),
            m1.high_low.eq(x_high * m_low),
            m1.low_high.eq(x_low * m_high),
            m1.low_low.eq(x_low * m_low),
            m2.eq(m1),
            m2.middle.eq(m1.high_low + m1.low_high),
            source.eq(m2),
            source.high.eq(total[WORD - 1 : 2 * WORD - 1]),
            source.below.eq(total[WORD - 2]),
        ]
