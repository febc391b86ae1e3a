"""A chain of scaling of its own for a unit that nobody lends one."""

from __future__ import annotations

from migen import Module, Record

from .arithmetic_port import SCALING_PORT
from .high_multiplier import HighMultiplier
from .prescaler import Prescaler
from .rounding_shifter import RoundingShifter


class Scaler(Module):
    """Bias, multiplier and shift.

        port.sink ─> Prescaler ─> HighMultiplier ─> RoundingShifter ─> port.source

    Ports:
        port  SCALING_PORT  slave
    """

    def __init__(self):
        self.port = port = Record(SCALING_PORT)

        # # #

        self.submodules.prescaler = prescaler = Prescaler()
        self.submodules.multiplier = multiplier = HighMultiplier()
        self.submodules.shifter = shifter = RoundingShifter()
        self.comb += [
            prescaler.sink.eq(port.sink),
            multiplier.sink.eq(prescaler.source),
            shifter.sink.eq(multiplier.source),
            port.source.eq(shifter.source),
        ]
