"""Bias, multiplier and shift of a group's channels."""

from __future__ import annotations

from migen import Cat, If, Module, Record, Signal

from compiler_intrinsics.stream.geometry import ACCUMULATOR_BYTES, GROUPS, Geometry

from ..simd.layouts import PARAMETERS
from .layouts import BYTE

WORD = ACCUMULATOR_BYTES * BYTE


class ParameterStore(Module):
    """Holds those of a group while the next group's are already read.

        entry ──> | last entry ──> | ... ──> | first entry
                        └──────────┴─────────────┴───────────> | channels

    Ports:
        entry     lanes * 8       in   of the weight memory
        load      1               in   it is the next one of a group's parameters
        take      1               in   the group that was loaded last is that of the results from
                                       now on
        channels  8 x PARAMETERS  out  the cycle after `take`
    """

    def __init__(self, geometry: Geometry):
        self.entry = Signal(geometry.entry_bytes * BYTE)
        self.load = Signal()
        self.take = Signal()
        self.channels = [Record(PARAMETERS, name=f"channel{c}") for c in range(GROUPS)]

        # # #

        block = Signal(geometry.parameter_entries * len(self.entry), reset_less=True)
        self.sync += If(self.load, block.eq(Cat(block[len(self.entry) :], self.entry)))
        for number, channel in enumerate(self.channels):
            bias = block[WORD * number :][:WORD]
            multiplier = block[WORD * (GROUPS + number) :][: len(channel.multiplier)]
            shift = block[WORD * 2 * GROUPS + BYTE * number :][: len(channel.shift)]
            for signal, *_ in channel.iter_flat():
                signal.reset_less = True
            self.sync += If(
                self.take,
                channel.bias.eq(bias),
                channel.multiplier.eq(multiplier),
                channel.shift.eq(_within(shift)),
            )


def _within(shift):
    """-32 counts as -31: only so does a right shift fit five bits."""
    lowest, sign = shift[0], shift[-1]
    return Cat(lowest | (sign & (shift[1:-1] == 0)), shift[1:])
