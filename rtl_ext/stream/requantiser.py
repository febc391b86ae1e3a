"""Turns the accumulators of results into words of int8: `arithmetic.requantise`, R at a time."""

from __future__ import annotations

from migen import Cat, If, Module, Record, Signal

from compiler_intrinsics.command_set import WORD_BITS
from compiler_intrinsics.stream.geometry import GROUPS, LEFT_BITS, Geometry

from ..simd.high_multiplier import HighMultiplier
from ..simd.layouts import PARAMETERS, RIGHT
from ..simd.prescaler import SINK
from ..simd.rounding_shifter import RoundingShifter
from .clamp import Clamp
from .layouts import BYTE, OUTPUT
from .prescaler import Prescaler
from .serialiser import Serialiser


class Requantiser(Module):
    """Bias, multiplier and shift, output zero point, clamp, pack.

        Serialiser ─┬─> Prescaler ─> HighMultiplier ─> RoundingShifter ─> Clamp ─┬─> | ─> | word
                    └─> ...                    R times                       ... ┘

    R accumulators per cycle, no stalls, so that `start` comes at least `result_cycles` cycles
    apart.

    Ports:
        start, accumulators, channels  in   as those of `Serialiser`; of a shift to the left the
                                       lowest `LEFT_BITS` count
        output  OUTPUT                 in   changes only while no result is under way
        valid   1                      out  for one cycle
        word    64                     out  the result, channel 0 in the lowest byte; else 0
    """

    def __init__(self, geometry: Geometry):
        self.submodules.serialiser = serialiser = Serialiser(geometry)
        self.start = serialiser.start
        self.accumulators = serialiser.accumulators
        self.channels = [Record(PARAMETERS, name=f"channel{c}") for c in range(GROUPS)]
        self.output = Record(OUTPUT)
        self.valid = Signal()
        # With a reset, as others take part in what is or'ed with it from the first cycle on.
        self.word = Signal(WORD_BITS)

        # # #

        self.scalers = []
        for number, (outer, inner) in enumerate(
            zip(self.channels, serialiser.channels, strict=True)
        ):
            self.comb += inner.eq(outer)
            if number % geometry.requantisers == 0:
                self.comb += If(~outer.shift[-1], inner.shift[LEFT_BITS:].eq(0))
        # The first one scales for others too, who may shift to the left as far as to the right.
        first, *others = serialiser.sources
        results = [self._lane(first, RIGHT), *[self._lane(source, LEFT_BITS) for source in others]]
        values, last = Cat(*[result.value for result in results]), Signal()
        packed = Signal(WORD_BITS, reset_less=True)
        self.sync += [
            packed.eq(Cat(packed, values)[BYTE * len(results) :]),
            last.eq(results[0].last),
            If(last, self.word.eq(packed)).Else(self.word.eq(0)),
            self.valid.eq(last),
        ]

    def _lane(self, source: Record, left_bits: int) -> Record:
        """One requantiser; returns what comes out of it."""
        prescaler, multiplier = Prescaler(left_bits), HighMultiplier()
        shifter, clamp = RoundingShifter(), Clamp()
        self.submodules += prescaler, multiplier, shifter, clamp
        self.comb += [
            prescaler.sink.eq(source),
            multiplier.sink.eq(prescaler.source),
            shifter.sink.eq(multiplier.source),
            clamp.sink.eq(shifter.source),
            clamp.output.eq(self.output),
        ]
        self.scalers.append((source, prescaler.sink, shifter.source, clamp.sink))
        return clamp.source

    def lend(self, scaling: Record, lent: Signal) -> None:
        """Let others use the first requantiser, up to its clamp, while `lent`.

        scaling: `SCALING_PORT`, as slave.
        """
        own, sink, source, clamped = self.scalers[0]
        self.comb += [
            # One of the two is 0.
            *[
                getattr(sink, name).eq(getattr(own, name) | getattr(scaling.sink, name))
                for name, *_ in SINK
            ],
            scaling.source.eq(source),
            scaling.source.last.eq(source.last & lent),
            clamped.last.eq(source.last & ~lent),
        ]
