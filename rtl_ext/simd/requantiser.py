"""Turns the accumulators of a result into a word of int8: `arithmetic.requantise`."""

from __future__ import annotations

from migen import Module, Record

from compiler_intrinsics.simd.geometry import Geometry

from ..stage import stage
from .arithmetic_port import SCALING_PORT
from .output_stage import OutputStage
from .prescaler import SINK
from .scale_store import ScaleStore
from .scaler import Scaler
from .serialiser import Serialiser


class Requantiser(Module):
    """Bias, multiplier and shift, output zero point, clamp, pack.

        accumulators ─> Serialiser ─┬─> | scaling.sink ─> Scaler ─> scaling.source ─> OutputStage
                        ScaleStore ─┘

    An accumulator per cycle, no stalls, so `start` comes at least `groups` cycles apart.

    Attributes:
        lent: somebody else answers `scaling`; else the module makes a `Scaler` of its own.

    Ports, with n = log2(param_groups):
        scaling       SCALING_PORT    master
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

        self.scaling = Record(SCALING_PORT)
        self.lent = False

        # # #

        # A register right behind the parameters, so that they fit a block RAM.
        unscaled = stage(SINK, "unscaled")
        self.comb += [
            scales.channel.eq(serialiser.source.channel),
            self.scaling.sink.eq(unscaled),
            output_stage.sink.eq(self.scaling.source),
        ]
        self.sync += [
            unscaled.eq(serialiser.source),
            unscaled.bias.eq(scales.bias),
            unscaled.multiplier.eq(scales.multiplier),
            unscaled.shift.eq(scales.shift),
        ]

    def do_finalize(self) -> None:
        if not self.lent:
            self.submodules.scaler = scaler = Scaler()
            self.comb += self.scaling.connect(scaler.port)
