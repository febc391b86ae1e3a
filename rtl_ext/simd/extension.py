"""The extension: speaks VexRiscv's custom-function port on one side, multiplies on the other."""

from __future__ import annotations

from migen import Case, If, Module, Mux, Record, Signal
from migen.genlib.fifo import SyncFIFO

from compiler_intrinsics.simd.geometry import DEFAULT, GROUPS, TAPS, Geometry
from compiler_intrinsics.simd.spec import INSTRUCTIONS, Unit

from ..cfu_bus import CFU_BUS, WORD
from .layouts import COMMAND
from .mac_array import MacArray, WeightStore
from .requantiser import Requantiser
from .sequencer import Sequencer


class Extension(Module):
    """Queue, sequencer, MAC array, requantiser, results.

        cmd -> queue -> sequencer -> weight store -> MAC array -> requantiser -> results -> pop

    An instruction is accepted in one cycle and answered in the next (a registered response lets
    the CPU issue one per cycle); it waits only while the queue is full, and `pop` while its
    result is under way.  An encoding that is not in the spec is answered with 0 and changes
    nothing.

    A program has at most `geometry.results` results unread.  Should one go beyond, so that queue
    and results are both full and the CPU could never read again, the oldest result is dropped.

    Ports:
        bus: `CFU_BUS`, seen from the CPU.
    """

    LANES = GROUPS * TAPS
    """Multiplications per cycle."""

    def __init__(self, geometry: Geometry = DEFAULT):
        self.bus = bus = Record(CFU_BUS)

        # # #

        self.submodules.queue = queue = SyncFIFO(sum(width for _, width in COMMAND), geometry.queue)
        self.submodules.sequencer = sequencer = Sequencer(geometry)
        self.submodules.store = store = WeightStore(geometry)
        self.submodules.array = array = MacArray(geometry)
        self.submodules.requantiser = requantiser = Requantiser(geometry)
        self.submodules.results = results = SyncFIFO(WORD, geometry.results)

        outstanding = Signal(max=geometry.results + 1)
        self.sync += outstanding.eq(
            outstanding + sequencer.started - (results.re & results.readable)
        )
        self.comb += [
            sequencer.outstanding.eq(outstanding),
            sequencer.drained.eq(outstanding == results.level),
            sequencer.command.raw_bits().eq(queue.dout),
            sequencer.valid.eq(queue.readable),
            queue.re.eq(sequencer.done),
            store.address.eq(sequencer.store_address),
            store.write_address.eq(sequencer.store_write_address),
            store.write_enable.eq(sequencer.store_write_enable),
            store.write_low.eq(sequencer.command.a),
            store.write_high.eq(sequencer.command.b),
            array.step.eq(sequencer.step),
            array.entry.eq(store.data),
            requantiser.start.eq(array.complete),
            requantiser.group.eq(array.group),
            requantiser.scale.eq(sequencer.scale),
            requantiser.output_stage.eq(sequencer.output_stage),
            results.we.eq(requantiser.result_valid),
            results.din.eq(requantiser.result),
        ]
        for source, sink in zip(array.accumulators, requantiser.accumulators, strict=True):
            self.comb += sink.eq(source)
        self._port(bus, outstanding)

    def _port(self, bus, outstanding):
        """Accept and answer instructions."""
        queue, results = self.queue, self.results
        cmd, rsp = bus.cmd, bus.rsp
        answer_free = Signal()
        queued = Signal()
        pop = Signal()
        accept = Signal()
        answer = Signal(WORD, reset_less=True)
        entry = Record(COMMAND)
        self.comb += [
            Case(
                cmd.payload.function_id,
                {
                    instruction.function_id: (
                        pop.eq(1) if instruction.funct3 == Unit.RESULT else queued.eq(1)
                    )
                    for instruction in INSTRUCTIONS
                },
            ),
            answer_free.eq(~rsp.valid | rsp.ready),
            # Ready whenever nothing is asked: VexRiscv repeats a command whose instruction is held
            # in execute (behind a division) when it sees `ready` low after it was taken.
            cmd.ready.eq(
                ~cmd.valid
                | answer_free
                & Mux(
                    pop,
                    results.readable | (~queue.readable & (outstanding == 0)),
                    queue.writable | ~queued,
                )
            ),
            accept.eq(cmd.valid & cmd.ready),
            rsp.payload.outputs_0.eq(answer),
            entry.unit.eq(cmd.payload.function_id[:3]),
            entry.funct7.eq(cmd.payload.function_id[3:]),
            entry.a.eq(cmd.payload.inputs_0),
            entry.b.eq(cmd.payload.inputs_1),
            queue.din.eq(entry.raw_bits()),
            queue.we.eq(accept & queued),
            results.re.eq(
                (accept & pop)
                | (cmd.valid & queued & ~queue.writable & self.sequencer.blocked & results.readable)
            ),
        ]
        self.sync += [
            If(answer_free, rsp.valid.eq(cmd.valid & cmd.ready)),
            If(accept, answer.eq(Mux(pop & results.readable, results.dout, 0))),
        ]
