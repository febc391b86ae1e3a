"""Turns the accumulators of results into words of int8: `arithmetic.requantise`, R at a time."""

from __future__ import annotations

from migen import Cat, If, Module, Record, Signal

from compiler_intrinsics.command_set import WORD_BITS
from compiler_intrinsics.stream.geometry import LEFT_BITS, Geometry

from ..simd.high_multiplier import HighMultiplier
from ..simd.layouts import RIGHT
from ..simd.prescaler import SINK
from ..simd.rounding_shifter import RoundingShifter
from ..stage import stage
from .clamp import Clamp
from .layouts import BYTE, OUTPUT
from .prescaler import Prescaler
from .serialiser import Serialiser


class Requantiser(Module):
    """Bias, multiplier and shift, output zero point, clamp, pack.

        Serialiser ─┬─> | Prescaler ─> HighMultiplier ─> RoundingShifter ─> Clamp ─┬─> | word
                    └─> ...                    R times                         ... ┘

    R accumulators per cycle, no stalls, so that `start` comes at least `result_cycles` cycles
    apart.

    Ports:
        start, accumulators, channels  in   as those of `Serialiser`
        output  OUTPUT                 in   changes only while no result is under way
        valid   1                      out  for one cycle
        word    64                     out  the result, channel 0 in the lowest byte
    """

    def __init__(self, geometry: Geometry):
        self.submodules.serialiser = serialiser = Serialiser(geometry)
        self.start = serialiser.start
        self.accumulators = serialiser.accumulators
        self.channels = serialiser.channels
        self.output = Record(OUTPUT)
        self.valid = Signal()
        self.word = Signal(WORD_BITS, reset_less=True)

        # # #

        self.scalers = []
        # The first one scales for others too, who may shift to the left as far as to the right.
        first, *others = serialiser.sources
        results = [self._lane(first, RIGHT), *[self._lane(source, LEFT_BITS) for source in others]]
        values = Cat(*[result.value for result in results])
        self.sync += [
            self.word.eq(Cat(self.word, values)[BYTE * len(results) :]),
            self.valid.eq(results[0].last),
        ]

    def _lane(self, source: Record, left_bits: int) -> Record:
        """One requantiser; returns what comes out of it."""
        unscaled = stage(SINK, "unscaled")
        prescaler, multiplier = Prescaler(left_bits), HighMultiplier()
        shifter, clamp = RoundingShifter(), Clamp()
        self.submodules += prescaler, multiplier, shifter, clamp
        self.sync += unscaled.eq(source)
        if left_bits > LEFT_BITS:
            self.sync += If(~source.shift[-1], unscaled.shift[LEFT_BITS:].eq(0))
        self.comb += [
            prescaler.sink.eq(unscaled),
            multiplier.sink.eq(prescaler.source),
            shifter.sink.eq(multiplier.source),
            clamp.sink.eq(shifter.source),
            clamp.output.eq(self.output),
        ]
        self.scalers.append((prescaler.sink, shifter.source, clamp.sink))
        return clamp.source

    def lend(self, scaling: Record, lent: Signal) -> None:
        """Let others use the first requantiser, up to its clamp, while `lent`.

        scaling: `SCALING_PORT`, as slave.
        """
        sink, source, clamped = self.scalers[0]
        self.comb += [
            If(lent, sink.eq(scaling.sink)),
            scaling.source.eq(source),
            scaling.source.last.eq(source.last & lent),
            clamped.last.eq(source.last & ~lent),
        ]
