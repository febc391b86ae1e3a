"""Output zero point, clamp, and packing."""

from __future__ import annotations

from migen import Cat, If, Module, Record, Signal

from ..cfu_bus import WORD
from ..stage import stage
from .layouts import BYTE, OUTPUT
from .prescaler import LAST
from .rounding_shifter import SHIFTED


class OutputStage(Module):
    """Adds the zero point, clamps to the activation's range, packs bytes into a word.

        sink ──> + zero point, clamp ──> | o1 ──> | result

    A value per cycle, no stalls.

    Ports:
        output  OUTPUT   in   zero_point, act_min, act_max: int8; they change only between results
        sink    SHIFTED  in   value: int11; last: it is the result's last one
        valid   1        out  for one cycle
        result  32       out  the last values as int8, the first of them in the lowest byte
    """

    def __init__(self):
        self.output = output = Record(OUTPUT)
        self.sink = sink = Record(SHIFTED)
        self.valid = Signal()
        self.result = Signal(WORD, reset_less=True)

        # # #

        o1 = stage([("byte", BYTE), LAST], "o1")
        moved = Signal((len(sink.value) + 1, True))
        self.comb += moved.eq(sink.value + output.zero_point)
        self.sync += [
            o1.eq(sink),
            o1.byte.eq(moved),
            If(moved < output.act_min, o1.byte.eq(output.act_min)),
            If(moved > output.act_max, o1.byte.eq(output.act_max)),
            self.result.eq(Cat(self.result[BYTE:], o1.byte)),
            self.valid.eq(o1.last),
        ]
