"""Output zero point and clamp."""

from __future__ import annotations

from migen import If, Module, Record

from ..simd.prescaler import LAST
from ..simd.rounding_shifter import SHIFTED
from ..stage import stage
from .layouts import BYTE, OUTPUT


class Clamp(Module):
    """Adds the zero point; then up to the least value, then down to the greatest.

        sink ──> + zero point ──> | c1 ──> least ──> | c2 ──> greatest ──> | source

    A value per cycle, no stalls.

    Ports:
        output  OUTPUT      in   changes only while no value is under way
        sink    SHIFTED     in   value: int10; last: 1
        source  value: int8, last: 1  out
    """

    def __init__(self):
        self.output = output = Record(OUTPUT)
        self.sink = sink = Record(SHIFTED)
        self.source = source = stage([("value", (BYTE, True)), LAST], "clamped")

        # # #

        wide = (len(sink.value) + 1, True)
        c1 = stage([("value", wide), LAST], "c1")
        c2 = stage([("value", wide), LAST], "c2")
        self.sync += [
            c1.eq(sink),
            c1.value.eq(sink.value + output.zero_point),
            c2.eq(c1),
            If(c1.value < output.act_min, c2.value.eq(output.act_min)),
            source.eq(c2),
            If(c2.value > output.act_max, source.value.eq(output.act_max)),
        ]
