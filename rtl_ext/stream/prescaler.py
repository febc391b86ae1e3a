"""Adds the bias and shifts left, in two steps."""

from __future__ import annotations

from migen import If, Module, Record, Signal

from ..simd.layouts import RIGHT
from ..simd.prescaler import BIASED, SHIFTED, SINK
from ..stage import stage

FINE = 3
"""Bits of the amount that the second step shifts by."""


class Prescaler(Module):
    """(value + bias) << shift, modulo 2**32; a negative shift is left to be done to the right.

        sink ──> | p1 ──> + bias ──> | p2 ──> << 24, 16, 8, 0 ──> | p3 ──> << the rest ──> | source

    `simd` shifts in one step and answers a cycle earlier. Here a cycle costs nothing, and two
    steps take two thirds of the logic. A value per cycle, no stalls.

    Ports:
        sink    SINK     in   value, bias: int32; multiplier: 31; shift: -31..31; last: 1
        source  SHIFTED  out  value: int32; multiplier: 31; right: 0..31; last: 1
    """

    def __init__(self):
        self.sink = Record(SINK)
        self.source = stage(SHIFTED, "shifted")

        # # #

        p1 = stage(SINK, "p1")
        p2 = stage(BIASED, "p2")
        p3 = stage([*SHIFTED, ("fine", FINE)], "p3")
        left, coarse, right = Signal(RIGHT), Signal(RIGHT), Signal(RIGHT)
        self.comb += [
            If(p2.shift[-1], right.eq(-p2.shift)).Else(left.eq(p2.shift)),
            coarse[FINE:].eq(left[FINE:]),
        ]
        self.sync += [
            p1.eq(self.sink),
            p2.eq(p1),
            p2.value.eq(p1.value + p1.bias),
            p3.eq(p2),
            p3.value.eq(p2.value << coarse),
            p3.fine.eq(left[:FINE]),
            p3.right.eq(right),
            self.source.eq(p3),
            self.source.value.eq(p3.value << p3.fine),
        ]
