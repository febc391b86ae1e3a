"""A rounding right shift: gemmlowp's `RoundingDivideByPOT`."""

from __future__ import annotations

from migen import Cat, If, Module, Mux, Record, Signal

from ..stage import stage
from .high_multiplier import HIGH
from .layouts import RIGHT, SCALED
from .prescaler import LAST

KEPT = SCALED[0] - 1
"""Bits of a result before it is rounded."""

STAGES = ((4, 3), (2, 1, 0))
"""Bits of the amount by which each stage shifts."""

SHIFTED = [("value", SCALED), LAST]


class RoundingShifter(Module):
    """(high + below) / 2**right, to nearest, ties away from zero, saturated to what `SCALED` keeps.

        sink ──> >> 24, 16, 8 or 0 ──> | ──> >> the rest ──> | ──> + round, saturate ──> | source

    The bits that leave tell the rounding: `guard` is the last one, `sticky` whether any other was
    set, `ones` whether all others were.  `below` begins as the guard, so it has left where anything
    is shifted; what it adds is known from them: where all others are ones it carries into the
    guard, and else it only makes `sticky`, as it does anyway.  Each step keeps only the bits that
    later steps can still bring into those that are kept, and `over` remembers that a higher one
    differed from the sign.  A value per cycle, no stalls.

    Ports:
        sink    HIGH     in   high: int32; below: 1; right: 0..31; last: 1
        source  SHIFTED  out  value: int10, right where it lies in -256..255, else not below 255 or
                              not above -256; last: as it came
    """

    def __init__(self):
        self.sink = Record(HIGH)
        self.source = source = stage(SHIFTED, "scaled")

        # # #

        state = Record(_layout(1 + len(self.sink.high)), name="shift_in")
        shifts = Signal()
        self.comb += [
            state.eq(self.sink),
            state.bits.eq(Cat(self.sink.below, self.sink.high)),  # the guard comes first
            state.sign.eq(self.sink.high[-1]),
            # Without a shift the guard rounds up, as `sticky` has it.
            shifts.eq(self.sink.right != 0),
            state.sticky.eq(~shifts),
            state.ones.eq(shifts),
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
        up = Signal()
        self.comb += If(state.ones, up.eq(guard | ~state.sign)).Else(
            up.eq(guard & (~state.sign | state.sticky))
        )
        self.sync += [
            source.eq(state),
            source.value.eq(signed_kept + up),
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
                after.ones.eq(before.ones & (filled[:distance] == 2**distance - 1)),
            ).Else(
                after.bits.eq(filled),
                after.over.eq(before.over | (top != Mux(before.sign, 2 ** len(top) - 1, 0))),
            ),
        ]
        return after


def _layout(width: int) -> list:
    """A value on its way; `bits` begin with the guard."""
    flags = [(name, 1) for name in ("sticky", "ones", "over", "sign")]
    return [("bits", width), *flags, ("right", RIGHT), LAST]
