"""The engine that carries out the list of computing commands."""

from __future__ import annotations

from functools import reduce
from operator import or_

from migen import Module, Record, Replicate, Signal

from compiler_intrinsics.command_set import WORD_BITS, WORD_BYTES
from compiler_intrinsics.stream.commands import Space
from compiler_intrinsics.stream.geometry import Geometry

from ..simd.arithmetic_port import ARITHMETIC_PORT
from ..stage import stage
from .activation_memory import ActivationMemory
from .layouts import BYTE, ENGINE_PORT, LOCAL_PORT, STEP
from .lending import Lending
from .mac_array import MacArray
from .parameter_store import ParameterStore
from .requantiser import Requantiser
from .result_queue import ResultQueue
from .sequencer import Sequencer
from .weight_memory import WeightMemory

STAGES = ActivationMemory.READ_LATENCY
"""From a step's address to its words."""


class ComputeEngine(Module):
    """Memories, lanes and requantisers, and the sequencer that keeps them busy.

        command ─> Sequencer ─ step ─┬─> ActivationMemory ─ words ─┐
                      │              └──> | | WeightMemory ─ entry ┴─> MacArray ─┐
                      └ place ─> ResultQueue            └─> ParameterStore ─┐    │ accumulators
                                      │                                     v    v
                     ActivationMemory <┴─ word ──────────────────────────── Requantiser
        local ─────> ActivationMemory, WeightMemory

    A step per cycle, and at least `result_cycles` for a result. From `start` to `done` a command
    takes its steps, `parameter_entries` cycles for each group and, with the default sizes, 29 more,
    most of them its last result's way through lanes and requantisers. The next command waits with
    its first parameters read, and takes its first step when all results of the one before are
    written, since it may read them: 27 cycles behind that one's last step.
    tests/rtl_ext/stream/test_throughput.py holds the engine to these numbers.

    Ports:
        command  ENGINE_PORT  slave
        local    LOCAL_PORT   slave
    """

    def __init__(self, geometry: Geometry):
        self.command = Record(ENGINE_PORT)
        self.local = Record(LOCAL_PORT)

        # # #

        self.submodules.sequencer = Sequencer(geometry)
        self.submodules.queue = ResultQueue(geometry)
        self.submodules.activations = ActivationMemory(geometry)
        self.submodules.weights = WeightMemory(geometry)
        self.submodules.lanes = MacArray(geometry)
        self.submodules.parameters = ParameterStore(geometry)
        self.submodules.requantiser = Requantiser(geometry)
        self._control()
        self._feed()
        self._finish()
        self._share()

    def lend(self) -> Record:
        """An `ARITHMETIC_PORT`, as lender: lanes and a requantiser, while commands pause."""
        port = Record(ARITHMETIC_PORT)
        self.submodules.lending = lending = Lending()
        self.comb += [
            lending.wants.eq(port.wants),
            lending.quiet.eq(port.quiet),
            lending.busy.eq(self.command.busy),
            lending.under_way.eq(self.steps_under_way | ~self.lanes.quiet | ~self.queue.empty),
            self.sequencer.pause.eq(lending.pause),
            port.lent.eq(lending.lent),
            self.activations.off.eq(lending.lent),
        ]
        self.lanes.lend(port.lanes, lending.lent)
        self.requantiser.lend(port.scaling, lending.lent)
        return port

    def _control(self) -> None:
        """Commands and results on their way."""
        sequencer, queue = self.sequencer, self.queue
        self.comb += [
            self.command.connect(sequencer.command),
            queue.push.eq(sequencer.push),
            queue.place.eq(sequencer.place),
            queue.pop.eq(self.requantiser.valid),
            sequencer.room.eq(queue.room),
            sequencer.empty.eq(queue.empty),
        ]
        self.sync += sequencer.taken.eq(self.parameters.take)

    def _feed(self) -> None:
        """Steps to the lanes; the entry is asked for later than the words, to come with them."""
        placed, lanes, parameters = self.sequencer.step, self.lanes, self.parameters
        step, entry = placed, placed.entry
        steps = [placed]
        for number in range(STAGES):
            behind = stage(STEP, f"step_s{number + 2}")
            self.sync += behind.eq(step)
            step = behind
            steps.append(step)
        for number in range(STAGES - WeightMemory.READ_LATENCY):
            behind = Signal(len(entry), reset_less=True, name=f"entry_s{number + 2}")
            self.sync += behind.eq(entry)
            entry = behind
        self.steps_under_way = Signal()
        self.comb += [
            self.steps_under_way.eq(reduce(or_, [one.valid for one in steps])),
            self.activations.address.eq(placed.address),
            self.weights.address.eq(entry),
            self.activations.as_columns.eq(self.sequencer.use.depthwise),
            lanes.zero_point.eq(self.sequencer.use.weight_zero_point),
            lanes.step.eq(step),
            lanes.row.eq(self.activations.row),
            lanes.offset.eq(self.activations.offset),
            lanes.entry.eq(self.weights.entry),
            *[
                column.eq(read)
                for column, read in zip(lanes.columns, self.activations.columns, strict=True)
            ],
            parameters.entry.eq(self.weights.entry),
            parameters.load.eq(step.valid & step.parameters),
        ]

    def _finish(self) -> None:
        """Accumulators to words of activations."""
        lanes, parameters, requantiser = self.lanes, self.parameters, self.requantiser
        result = self.activations.result
        self.comb += [
            parameters.take.eq(lanes.fresh),
            requantiser.start.eq(lanes.complete),
            requantiser.output.eq(self.sequencer.output),
            *[
                taken.eq(value)
                for taken, value in zip(requantiser.accumulators, lanes.accumulators, strict=True)
            ],
            *[
                taken.eq(value)
                for taken, value in zip(requantiser.channels, parameters.channels, strict=True)
            ],
            result.valid.eq(requantiser.valid),
            result.address.eq(self.queue.oldest),
            result.data.eq(requantiser.word),
        ]

    def _share(self) -> None:
        """The memory engine's way into both memories."""
        local, activations, weights = self.local, self.activations, self.weights
        taken = local.valid & local.ready
        filled, copied = Signal(), Signal()
        value = Signal(BYTE)
        self.comb += [
            filled.eq(local.ready & local.fill),
            copied.eq(local.ready & ~local.fill),
            value.eq(local.value & Replicate(filled, BYTE)),
            local.ready.eq(~activations.result.valid),
            activations.access.valid.eq(taken & (local.space == Space.ACTIVATIONS)),
            activations.access.write.eq(local.write),
            activations.access.address.eq(local.address),
            activations.access.data.eq(
                (local.data & Replicate(copied, WORD_BITS)) | Replicate(value, WORD_BYTES)
            ),
            weights.write.valid.eq(taken & local.write & (local.space == Space.WEIGHTS)),
            weights.write.address.eq(local.address),
            weights.write.data.eq(local.data),
            local.answer_valid.eq(activations.answer_valid),
            local.answer.eq(activations.answer),
        ]
