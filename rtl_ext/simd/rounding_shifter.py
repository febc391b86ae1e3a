"""A rounding right shift: gemmlowp's `RoundingDivideByPOT`."""

from __future__ import annotations

from migen import Cat, If, Module, Mux, Record, Signal

from ..stage import stage
from .high_multiplier import ROUNDED
from .layouts import RIGHT, SCALED
from .prescaler import LAST

KEPT = SCALED[0] - 1
"""Bits of a result before it is rounded."""

STAGES = ((4, 3), (2, 1, 0))
"""Bits of the amount by which each stage shifts."""

SHIFTED = [("value", SCALED), LAST]


class RoundingShifter(Module):
    """value / 2**right, to nearest, ties away from zero, saturated to what `SCALED` keeps.

        sink ──> >> 24, 16, 8 or 0 ──> | ──> >> the rest ──> | ──> + round, saturate ──> | source

    The bits that leave tell the rounding: `guard` is the last one, `sticky` whether any other was
    set.  Each step keeps only the bits that later steps can still bring into those that are kept,
    and `over` remembers that a higher one differed from the sign.  A value per cycle, no stalls.

    Ports:
        sink    ROUNDED  in   value: int32; right: 0..31; last: 1
        source  SHIFTED  out  value: int11, right where it lies in -512..511, else not below 511 or
                              not above -512; last: as it came
    """

    def __init__(self):
        self.sink = Record(ROUNDED)
        self.source = source = stage(SHIFTED, "scaled")

        # # #

        state = Record(_layout(1 + len(self.sink.value)), name="shift_in")
        self.comb += [
            state.eq(self.sink),
            state.bits.eq(Cat(0, self.sink.value)),  # the guard comes first
            state.sign.eq(self.sink.value[-1]),
        ]
        for number, steps in enumerate(STAGES, 1):
            shifted = state
            for step in steps:
                shifted = self._step(shifted, step)
            state = stage(_layout(len(shifted.bits)), f"s{number}")
            self.sync += state.eq(shifted)

        guard, kept = state.bits[0], state.bits[1:]
        signed_kept = Signal((KEPT, True))
        most, least = Signal((KEPT, True)), Signal((KEPT, True))
        self.comb += [
            signed_kept.eq(kept),
            # Signals, since LiteX writes a negative constant as an unsigned one.
            most.eq(2 ** (KEPT - 1) - 1),
            least.eq(-(2 ** (KEPT - 1))),
        ]
        self.sync += [
            source.eq(state),
            source.value.eq(signed_kept + (guard & (~state.sign | state.sticky))),
            If(
                state.over | (kept[-1] != state.sign), source.value.eq(Mux(state.sign, least, most))
            ),
        ]

    def _step(self, before: Record, step: int) -> Record:
        """Shift right by 2**step where that bit of the amount is set; within the cycle."""
        distance = 1 << step
        width = 1 + KEPT + distance - 1  # the guard, the kept bits, what smaller steps bring down
        missing = max(0, distance + width - len(before.bits))
        filled = Cat(before.bits, *[before.sign] * missing)
        top = filled[width:]
        after = Record(_layout(width), name=f"by_{distance}")
        self.comb += [
            after.eq(before),
            If(
                before.right[step],
                after.bits.eq(filled[distance:]),
                after.sticky.eq(before.sticky | (filled[:distance] != 0)),
            ).Else(
                after.bits.eq(filled),
                after.over.eq(before.over | (top != Mux(before.sign, 2 ** len(top) - 1, 0))),
            ),
        ]
        return after


def _layout(width: int) -> list:
    """A value on its way; `bits` begin with the guard."""
    return [("bits", width), ("sticky", 1), ("over", 1), ("sign", 1), ("right", RIGHT), LAST]
