"""The unit `simd`: takes its instructions from the port, multiplies, hands results back."""

from __future__ import annotations

from migen import Cat, Module, Mux, Record, Signal
from migen.genlib.fifo import SyncFIFO

from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.simd.spec import INSTRUCTION_SET, POP, Part

from ..unit_port import UNIT_PORT
from .layouts import COMMAND, bits_for_index
from .mac_array import MacArray
from .requantiser import Requantiser
from .results import Results
from .sequencer import Sequencer
from .weight_store import WeightStore


class SimdUnit(Module):
    """Queue, sequencer, MAC array, requantiser, results.

        port ─> queue ─> Sequencer ─> WeightStore ─> MacArray ─> Requantiser ─> Results ─> pop

    An instruction is taken at once and executed behind the CPU's back; it waits only while the
    queue is full, and `pop` while its result is under way.

    A program has at most `geometry.results` results unread.  Should one go beyond, so that queue
    and results are both full and the CPU could never read again, the oldest result is dropped.

    Lanes and scaling may be another unit's (`borrow`). A word that is to be multiplied waits in the
    queue until that unit has let go of them; all else goes on.

    Parameters:
        history_in_blocks: as `in_blocks` of `History`.

    Attributes:
        function_ids: the encodings of its instructions.
        events: name of a resource -> in, high in the cycles in which it is busy.

    Ports:
        port  UNIT_PORT  seen from the CFU port
    """

    function_ids = frozenset(INSTRUCTION_SET.by_function_id)

    def __init__(self, geometry: Geometry, history_in_blocks: bool = True):
        self.port = Record(UNIT_PORT)

        # # #

        self.submodules.queue = SyncFIFO(sum(width for _, width in COMMAND), geometry.queue)
        self.submodules.sequencer = sequencer = Sequencer(geometry)
        self.submodules.store = store = WeightStore(geometry)
        self.submodules.array = array = MacArray(geometry, history_in_blocks)
        self.submodules.requantiser = requantiser = Requantiser(geometry)
        self.submodules.results = results = Results(geometry)
        self.lender = None
        passes = Signal()
        self.comb += passes.eq(array.step.mac | array.step.shift)
        self.events = {"array": passes, "requantiser": requantiser.busy}
        self._take_instructions()
        self.comb += [
            sequencer.full.eq(results.full),
            sequencer.drained.eq(results.drained),
            store.address.eq(sequencer.address),
            store.write.eq(sequencer.store),
            array.row.eq(sequencer.row),
            array.look.eq(sequencer.look),
            array.step.eq(sequencer.step),
            array.entry.eq(store.data),
            requantiser.start.eq(array.complete),
            requantiser.group.eq(array.group),
            requantiser.scale.eq(sequencer.scale),
            requantiser.table.eq(sequencer.table),
            requantiser.output.eq(sequencer.output),
            results.started.eq(sequencer.started),
            results.valid.eq(requantiser.valid),
            results.word.eq(requantiser.result),
        ]
        for source, sink in zip(array.accumulators, requantiser.accumulators, strict=True):
            self.comb += sink.eq(source)

    def borrow(self, lender: Record) -> None:
        """Do without lanes and scaling: those behind an `ARITHMETIC_PORT` are there.

        Called before the module is finalised.
        """
        self.lender = lender
        array, requantiser = self.array, self.requantiser
        array.lent = requantiser.lent = True
        self.comb += [
            array.lanes.connect(lender.lanes),
            requantiser.scaling.connect(lender.scaling),
            lender.wants.eq(self.sequencer.wants),
            lender.quiet.eq(array.quiet & self.results.drained),
        ]

    def do_finalize(self) -> None:
        self.comb += self.sequencer.lent.eq(1 if self.lender is None else self.lender.lent)

    def _take_instructions(self) -> None:
        """`pop` is answered here, all others go through the queue."""
        port, queue, results, sequencer = self.port, self.queue, self.results, self.sequencer
        entry = Record(COMMAND)
        is_pop = Signal()
        pops = Signal()
        stuck = Signal()  # results must be read first, but the CPU cannot
        self.comb += [
            Cat(entry.part, entry.funct7).eq(port.function_id),
            entry.a.eq(port.a),
            entry.b.eq(port.b),
            is_pop.eq(entry.part == Part.RESULT),
            pops.eq(is_pop | entry.funct7[bits_for_index(POP)]),
            queue.din.eq(entry.raw_bits()),
            queue.we.eq(port.valid & ~is_pop & port.ready),
            sequencer.command.raw_bits().eq(queue.dout),
            sequencer.valid.eq(queue.readable),
            queue.re.eq(sequencer.done),
            stuck.eq(~is_pop & ~queue.writable & sequencer.blocked),
            results.pop.eq(port.valid & (pops & port.ready | stuck)),
            port.ready.eq(
                (~pops | results.readable | (~queue.readable & results.empty))
                & (is_pop | queue.writable)
            ),
            port.answer.eq(Mux(pops & results.readable, results.oldest, 0)),
        ]


def simd_of_few_blocks(geometry: Geometry) -> SimdUnit:
    """The unit for FPGAs whose block RAMs are taken: it has two fewer, and 500 LUTs more."""
    return SimdUnit(geometry, history_in_blocks=False)
