"""Hands the accumulators of a result to the requantisers, some in each cycle."""

from __future__ import annotations

from functools import reduce
from operator import or_

from migen import If, Module, Record, Signal

from compiler_intrinsics.stream.geometry import GROUPS, Geometry

from ..simd.layouts import PARAMETERS
from ..simd.prescaler import SINK
from ..stage import stage
from .mac_array import ACCUMULATOR


class Serialiser(Module):
    """Takes a result at `start`; b + 1 cycles later requantiser r gets channel b * R + r.

        accumulators ─┬─> | the first R, at start, else 0 ─┬─> or ──> sources
        channels ─────┴─> | the next R, then, else 0 ──────┘

    `result_cycles` cycles a result. A register for each of the channels that a requantiser is given
    is reset, for free, but for its turn, so that they are all of them together: the adder behind
    them takes that in, as it would not take a choice.

    Ports, with R = requantisers:
        start         1               in   at least `result_cycles` cycles apart
        accumulators  8 x int32       in   from start on, for `result_cycles`
        channels      8 x PARAMETERS  in   likewise
        sources       R x SINK        out  0 while there is none; last: with the result's last
                                           channels
    """

    def __init__(self, geometry: Geometry):
        requantisers, beats = geometry.requantisers, geometry.result_cycles
        self.start = Signal()
        self.accumulators = [Signal(ACCUMULATOR, name=f"accumulator{c}") for c in range(GROUPS)]
        self.channels = [Record(PARAMETERS, name=f"channel{c}") for c in range(GROUPS)]
        self.sources = [Record(SINK, name=f"source{r}") for r in range(requantisers)]

        # # #

        turns = [self.start, *(Signal(name=f"turn{beat}") for beat in range(1, beats))]
        self.sync += [turn.eq(before) for before, turn in zip(turns, turns[1:], strict=False)]
        for number, source in enumerate(self.sources):
            given = []
            for turn, channel in zip(turns, range(number, GROUPS, requantisers), strict=True):
                own = stage(SINK, f"channel{channel}_s1")
                taken = [
                    own.value.eq(self.accumulators[channel]),
                    own.last.eq(int(turn is turns[-1])),
                ]
                for name, *_ in PARAMETERS:
                    taken.append(getattr(own, name).eq(getattr(self.channels[channel], name)))
                nothing = [field.eq(0) for field in own.flatten()]
                self.sync += If(turn, *taken).Else(*nothing)
                given.append(own)
            self.comb += [
                getattr(source, name).eq(reduce(or_, [getattr(own, name) for own in given]))
                for name, *_ in SINK
            ]
