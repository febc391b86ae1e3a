"""Hands the accumulators of a result to the requantisers, some in each cycle."""

from __future__ import annotations

from migen import Array, If, Module, Record, Signal

from compiler_intrinsics.stream.geometry import GROUPS, Geometry

from ..simd.prescaler import SINK
from .layouts import bits_for_index
from .mac_array import ACCUMULATOR
from .parameter_store import PARAMETERS


class Serialiser(Module):
    """Takes a result at `start`; in cycle b behind it requantiser r gets channel b * R + r.

        accumulators ──> | held ─┬─> sources       `result_cycles` cycles a result
        channels ────────────────┘

    Ports, with R = requantisers:
        start         1               in   only when the result before has been handed on
        accumulators  8 x int32       in   with start
        channels      8 x PARAMETERS  in   from the cycle after start on, for `result_cycles`
        sources       R x SINK        out  last: with the result's last channels
    """

    def __init__(self, geometry: Geometry):
        requantisers, beats = geometry.requantisers, geometry.result_cycles
        self.start = Signal()
        self.accumulators = [Signal(ACCUMULATOR, name=f"accumulator{c}") for c in range(GROUPS)]
        self.channels = [Record(PARAMETERS, name=f"channel{c}") for c in range(GROUPS)]
        self.sources = [Record(SINK, name=f"source{r}") for r in range(requantisers)]

        # # #

        held = [Signal(ACCUMULATOR, reset_less=True, name=f"held{c}") for c in range(GROUPS)]
        busy = Signal()
        beat = Signal(max(1, bits_for_index(beats)))
        ends = Signal()
        self.comb += ends.eq(busy & (beat == beats - 1))
        self.sync += [
            beat.eq(beat + 1),
            If(ends, busy.eq(0)),
            If(
                self.start,
                busy.eq(1),
                beat.eq(0),
                *[keep.eq(value) for keep, value in zip(held, self.accumulators, strict=True)],
            ),
        ]
        for number, source in enumerate(self.sources):
            values = Array(held[number::requantisers])
            self.comb += [source.value.eq(values[beat]), source.last.eq(ends)]
            for name, *_ in PARAMETERS:
                choices = [getattr(channel, name) for channel in self.channels]
                chosen = Array(choices[number::requantisers])[beat]
                self.comb += getattr(source, name).eq(chosen)
