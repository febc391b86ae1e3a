"""Turns the accumulators of a result into a word of int8: `arithmetic.requantise`."""

from __future__ import annotations

from migen import Module, Record

from compiler_intrinsics.simd.geometry import Geometry

from .arithmetic_port import SCALING_PORT
from .layouts import PARAMETERS
from .output_stage import OutputStage
from .scale_store import ScaleStore
from .scaler import Scaler
from .serialiser import Serialiser


class Requantiser(Module):
    """Bias, multiplier and shift, output zero point, clamp, pack.

        accumulators ─> Serialiser ───┬─> scaling.sink ─> Scaler ─> scaling.source ─> OutputStage
                        ScaleStore ───┘

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
        busy          1               out  an accumulator goes in a cycle later
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

        sink = self.scaling.sink
        self.comb += [
            scales.read.eq(serialiser.busy),
            scales.channel.eq(serialiser.source.channel),
            sink.value.eq(serialiser.source.value),
            sink.last.eq(serialiser.source.last),
            *[getattr(sink, name).eq(getattr(scales.source, name)) for name, *_ in PARAMETERS],
            output_stage.sink.eq(self.scaling.source),
        ]

    def do_finalize(self) -> None:
        if not self.lent:
            self.submodules.scaler = scaler = Scaler()
            self.comb += self.scaling.connect(scaler.port)
