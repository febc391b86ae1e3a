"""Turns the accumulators of a result into a word of int8: `arithmetic.requantise`."""

from __future__ import annotations

from migen import Module

from compiler_intrinsics.simd.geometry import Geometry

from .high_multiplier import HighMultiplier
from .output_stage import OutputStage
from .prescaler import Prescaler
from .rounding_shifter import RoundingShifter
from .scale_store import ScaleStore
from .serialiser import Serialiser


class Requantiser(Module):
    """Bias, multiplier and shift, output zero point, clamp, pack.

        accumulators ─> Serialiser ─> Prescaler ─> HighMultiplier ─> RoundingShifter ─┐
                        ScaleStore ───^                                  OutputStage <┘

    An accumulator per cycle, no stalls, so `start` comes at least `groups` cycles apart.

    Ports, with n = log2(param_groups):
        start         1               in   accumulators and group are a result
        accumulators  groups x int32  in
        group         n               in   parameter group
        scale         scale_write     in   parameter writes, only while no result is under way
        table         TABLE_WRITE     in   writes to the table behind the clamp; likewise
        output        OUTPUT          in   zero point and clamp; likewise
        valid         1               out  for one cycle
        result        32              out  `groups` int8, with valid
        busy          1               out  an accumulator goes in
    """

    def __init__(self, geometry: Geometry):
        self.submodules.serialiser = serialiser = Serialiser(geometry)
        self.submodules.scales = scales = ScaleStore(geometry)
        self.submodules.output_stage = output_stage = OutputStage()
        self.start = serialiser.start
        self.accumulators = serialiser.accumulators
        self.group = serialiser.group
        self.scale = scales.write
        self.table = output_stage.table
        self.output = output_stage.output
        self.valid = output_stage.valid
        self.result = output_stage.result
        self.busy = serialiser.busy

        # # #

        self.submodules.prescaler = prescaler = Prescaler()
        self.submodules.multiplier = multiplier = HighMultiplier()
        self.submodules.shifter = shifter = RoundingShifter()
        self.comb += [
            scales.channel.eq(serialiser.source.channel),
            prescaler.sink.eq(serialiser.source),
            prescaler.sink.bias.eq(scales.bias),
            prescaler.sink.multiplier.eq(scales.multiplier),
            prescaler.sink.shift.eq(scales.shift),
            multiplier.sink.eq(prescaler.source),
            shifter.sink.eq(multiplier.source),
            output_stage.sink.eq(shifter.source),
        ]
