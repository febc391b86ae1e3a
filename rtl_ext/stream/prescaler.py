"""Adds the bias and shifts left, in two steps."""

from __future__ import annotations

from migen import If, Module, Record, Signal

from ..simd.layouts import RIGHT
from ..simd.prescaler import BIASED, SHIFTED, SINK
from ..stage import stage

FINE = 3
"""Bits of the amount that the second step shifts by."""


class Prescaler(Module):
    """(value + bias) << left, modulo 2**32; a negative shift is left to be done to the right.

        sink ──> + bias ──> | p1 ──> << 24, 16, 8, 0 ──> | p2 ──> << the rest ──> | source

    `simd` shifts in one step and answers a cycle earlier. Here a cycle costs nothing, and two
    steps take two thirds of the logic. A value per cycle, no stalls.

    Parameters:
        left_bits: of a shift to the left, its lowest ones, which alone count.

    Ports:
        sink    SINK     in   value, bias: int32; multiplier: 31; shift: -31..31; last: 1
        source  SHIFTED  out  value: int32; multiplier: 31; right: 0..31; last: 1
    """

    def __init__(self, left_bits: int):
        self.sink = Record(SINK)
        self.source = stage(SHIFTED, "shifted")

        # # #

        p1 = stage(BIASED, "p1")
        p2 = stage([*SHIFTED, ("fine", FINE)], "p2")
        left, coarse, right = Signal(RIGHT), Signal(RIGHT), Signal(RIGHT)
        self.comb += [
            If(p1.shift[-1], right.eq(-p1.shift)).Else(left.eq(p1.shift[:left_bits])),
            coarse[FINE:].eq(left[FINE:]),
        ]
        self.sync += [
            p1.eq(self.sink),
            p1.value.eq(self.sink.value + self.sink.bias),
            p2.eq(p1),
            p2.value.eq(p1.value << coarse),
            p2.fine.eq(left[:FINE]),
            p2.right.eq(right),
            self.source.eq(p2),
            self.source.value.eq(p2.value << p2.fine),
        ]
