"""Adds the bias and shifts left: what comes before the multiplication."""

from __future__ import annotations

from migen import If, Module, Record, Signal

from ..cfu_bus import WORD
from ..stage import stage
from .layouts import BIAS, MULTIPLIER, RIGHT, SHIFT

LAST = ("last", 1)
SINK = [("value", (WORD, True)), ("bias", BIAS), ("multiplier", MULTIPLIER), ("shift", SHIFT), LAST]
BIASED = [("value", (WORD, True)), ("multiplier", MULTIPLIER), ("shift", SHIFT), LAST]
SHIFTED = [("value", (WORD, True)), ("multiplier", MULTIPLIER), ("right", RIGHT), LAST]


class Prescaler(Module):
    """(value + bias) << shift, modulo 2**32; a negative shift is left to be done to the right.

        sink ──> + bias ──> | p1 ──> << ──> | source

    A value per cycle, no stalls.

    Ports:
        sink    SINK     in   value, bias: int32; multiplier: 31; shift: -31..31; last: 1
        source  SHIFTED  out  value: int32; multiplier: 31; right: 0..31; last: 1
    """

    def __init__(self):
        self.sink = Record(SINK)
        self.source = stage(SHIFTED, "shifted")

        # # #

        p1 = stage(BIASED, "p1")
        left = Signal(RIGHT)
        right = Signal(RIGHT)
        self.comb += If(p1.shift[-1], right.eq(-p1.shift)).Else(left.eq(p1.shift))
        self.sync += [
            p1.eq(self.sink),
            p1.value.eq(self.sink.value + self.sink.bias),
            self.source.eq(p1),
            self.source.value.eq(p1.value << left),
            self.source.right.eq(right),
        ]
