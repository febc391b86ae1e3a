"""Lanes of its own for a unit that nobody lends any."""

from __future__ import annotations

from migen import Cat, Module, Record

from compiler_intrinsics.simd.geometry import GROUPS, TAPS

from .arithmetic_port import LANES_PORT, LATENCY
from .dot_product import DotProduct
from .layouts import BYTE


class Lanes(Module):
    """A `DotProduct` for each accumulator.

    Ports:
        port  LANES_PORT  slave
    """

    def __init__(self):
        self.port = port = Record(LANES_PORT)

        # # #

        dots = [DotProduct(TAPS) for _ in range(GROUPS)]
        assert all(dot.latency == LATENCY for dot in dots)
        self.submodules += dots
        for lane in range(GROUPS * TAPS):
            dot, tap = dots[lane // TAPS], lane % TAPS
            self.comb += [
                dot.taps[tap].eq(port.taps[BYTE * lane :][:BYTE]),
                dot.weights[tap].eq(port.weights[BYTE * lane :][:BYTE]),
            ]
        self.comb += [
            *[dot.zero_point.eq(port.zero_point) for dot in dots],
            port.totals.eq(Cat(*[dot.total for dot in dots])),
        ]
