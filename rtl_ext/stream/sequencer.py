"""Turns a command into steps, one per cycle."""

from __future__ import annotations

from migen import If, Module, Mux, Record, Signal
from migen.genlib.fsm import FSM, NextState

from compiler_intrinsics.stream.commands import (
    BYTE_ADDRESS_BITS,
    COMPUTE_COMMANDS,
    LOCAL_BITS,
    Status,
)
from compiler_intrinsics.stream.geometry import Geometry

from ..stage import stage
from .activation_memory import OFFSET_BITS
from .entry_walk import EntryWalk
from .layouts import ENGINE_PORT, LANES, OUTPUT, STATUS_BITS, STEP
from .nest import Nest
from .walk import Walk

LOOPS = ("taps0", "taps1", "taps2", "columns", "rows", "groups")
"""Counts of the nested loops, from the innermost one."""

PLANES = LOOPS.index("taps1")
PIXELS = LOOPS.index("taps2")
GROUP = LOOPS.index("rows")
"""Loops at whose end a plane of taps, a result, a group are over."""

PLACED_STEP = [
    *STEP,
    ("address", BYTE_ADDRESS_BITS),
    ("entry", LOCAL_BITS),
]
"""A step, the byte of the activations that it begins at, and its entry of the weights."""

DEPTHWISE = COMPUTE_COMMANDS.by_mnemonic["depthwise"].opcode
UNUSED = ("start", "after", "spare", "spare2", "abort", "busy", "done", "status")
COMMAND = [field[:2] for field in ENGINE_PORT if field[0] not in UNUSED]
WORD_ADDRESS = OFFSET_BITS
"""How far an address in words is shifted to be one in bytes."""


class Sequencer(Module):
    """Carries out commands, step by step, group by group: its parameters, then its results.

        command ─> | Nest ─┬─> Walk ──────> | step.address
                           ├─> EntryWalk ─> | step.entry
                           └─> Walk ──────> place of the result

    A step per cycle.  A step that ends a result waits for the requantisers (`result_cycles` since
    the last one) and for room in the queue; the parameters of a group wait until those of the one
    before have been taken over; the first step of a command waits until all results of the one
    before are written, since it may read them.  A command waits latched, with its first parameters
    read.  `abort` ends it behind the step that is taken in that cycle, as one that is refused: when
    all results under way are written.

    Ports:
        command  ENGINE_PORT  slave
        step     PLACED_STEP  out
        use      LANES        out  of the steps under way
        output   OUTPUT       out  of the results under way
        push     1            out  a result's last step is taken
        place    16           out  the result's word
        room     1            in   for one more result
        empty    1            in   no result is under way
        taken    1            in   the parameters that were read last are in use
        pause    1            in   take no step
    """

    def __init__(self, geometry: Geometry):
        self.command = Record(ENGINE_PORT)
        self.step = stage(PLACED_STEP, "step_s1")
        self.use = Record(LANES)
        self.output = Record(OUTPUT)
        self.push = Signal()
        self.place = Signal(LOCAL_BITS)
        self.room = Signal()
        self.empty = Signal()
        self.taken = Signal()
        self.pause = Signal()

        # # #

        self.latched = stage(COMMAND, "latched")
        self.load = Signal()  # counters and addresses go to the start
        self.read = Signal()  # an entry of parameters is taken
        self.go = Signal()  # a step is taken
        self.fits = Signal()  # so long after the result before, and with room for it
        self.released = Signal()  # the command before is over
        self.refused = Signal()  # a command ends without its last result
        self.submodules.fsm = FSM(reset_state="IDLE")
        self.submodules.nest = Nest(len(LOOPS))
        self.submodules.entries = EntryWalk(geometry)
        self.submodules.inputs = Walk(BYTE_ADDRESS_BITS, len(LOOPS), 8 * geometry.activation_words)
        self.submodules.outputs = Walk(
            LOCAL_BITS, len(LOOPS) - PIXELS - 1, geometry.activation_words
        )
        self.last = self.nest.ends[PIXELS]
        self._count()
        self._walk(geometry)
        self._space(geometry)
        self._send()
        self._control(geometry)

    def _count(self) -> None:
        """The command, its loops, and the parameters before each group's steps."""
        latched, nest = self.latched, self.nest
        self.sync += If(
            self.command.start,
            *[getattr(latched, name).eq(getattr(self.command, name)) for name, _ in COMMAND],
        )
        self.comb += [
            *[
                count.eq(getattr(latched, name))
                for count, name in zip(nest.counts, LOOPS, strict=True)
            ],
            nest.load.eq(self.fsm.ongoing("CHECK")),
            nest.advance.eq(self.go),
        ]

    def _walk(self, geometry: Geometry) -> None:
        """Addresses of activations, entries and results."""
        latched, nest = self.latched, self.nest
        inputs, entries, outputs = self.inputs, self.entries, self.outputs
        depthwise = latched.opcode == DEPTHWISE
        inward = (
            Mux(depthwise, geometry.banks << WORD_ADDRESS, geometry.taps),
            latched.input1 << WORD_ADDRESS,
            latched.input2 << WORD_ADDRESS,
            latched.input_column,
            latched.input_row << WORD_ADDRESS,
            latched.input_group << WORD_ADDRESS,
        )
        outward = (1, latched.output_row, latched.output_group)
        for walk, strides, first, advance in (
            (inputs, inward, latched.input, self.go),
            (outputs, outward, latched.output, self.push),
        ):
            moves = nest.moves[-len(strides) :]
            self.comb += [
                walk.load.eq(self.load),
                walk.first.eq(first),
                walk.advance.eq(advance),
                *[stride.eq(value) for stride, value in zip(walk.strides, strides, strict=True)],
                *[move.eq(moved) for move, moved in zip(walk.moves, moves, strict=True)],
            ]
        self.comb += [
            entries.load.eq(self.load),
            entries.first.eq(latched.weights),
            entries.distance.eq(latched.weights_group),
            entries.advance.eq(self.read | self.go),
            entries.parameters.eq(self.fsm.ongoing("PARAMETERS")),
            entries.last.eq(self.last),
            entries.group_last.eq(nest.ends[GROUP]),
            self.place.eq(outputs.place),
        ]

    def _space(self, geometry: Geometry) -> None:
        """Results as far apart as the requantisers need, and not too many."""
        gap = Signal(max(1, geometry.result_cycles - 1))
        wait = (1 << (geometry.result_cycles - 1)) - 1
        self.comb += [
            self.fits.eq(self.room & (gap == 0)),
            self.push.eq(self.go & self.last),
        ]
        self.sync += gap.eq(Mux(self.push, wait, gap >> 1))

    def _send(self) -> None:
        """The step that is taken, or the entry of parameters."""
        step, ends = self.step, self.nest.ends
        plane, fresh = Signal(), Signal()
        self.sync += [
            If(self.go, plane.eq(ends[PLANES])),
            If(self.read, fresh.eq(1)).Elif(self.push, fresh.eq(0)),
            step.valid.eq(self.read | self.go),
            step.parameters.eq(self.read),
            step.up.eq(plane & self.latched.up[0]),
            step.last.eq(self.push),
            step.fresh.eq(fresh),
            step.address.eq(self.inputs.place),
            step.entry.eq(self.entries.place),
        ]

    def _control(self, geometry: Geometry) -> None:
        """What is done when."""
        nest, fsm = self.nest, self.fsm
        outside = self.entries.outside | self.inputs.outside | self.outputs.outside
        group_ends, ends = self.go & nest.ends[GROUP], self.go & nest.ends[-1]
        index = Signal(max=geometry.parameter_entries + 1)
        occupied = Signal()  # parameters were read that no result has used yet
        fsm.act("IDLE", If(self.command.start, NextState("CHECK")))
        fsm.act("CHECK", If(nest.zero, NextState("REFUSED")).Else(NextState("LOAD")))
        fsm.act("LOAD", self.load.eq(1), NextState("PARAMETERS"))
        abort = self.command.abort
        fsm.act(
            "PARAMETERS",
            self.read.eq(~self.entries.outside & ((index != 0) | ~occupied)),
            If(self.read & (index == geometry.parameter_entries - 1), NextState("STEPS")),
            If(self.entries.outside | abort, NextState("REFUSED")),
        )
        fsm.act(
            "STEPS",
            self.go.eq(self.released & ~outside & ~self.pause & (~self.last | self.fits)),
            If(outside, NextState("REFUSED")),
            If(group_ends, NextState("PARAMETERS")),
            If(abort, NextState("REFUSED")),
            If(ends, NextState("IDLE")),
        )
        fsm.act("REFUSED", If(self.refused, NextState("IDLE")))
        self.sync += [
            If(self.read, index.eq(index + 1)),
            If(self.load | group_ends, index.eq(0)),
            If(self.taken | self.refused, occupied.eq(0)),
            If(self.read & (index == 0), occupied.eq(1)),
        ]
        self._answer(ends)

    def _answer(self, ends) -> None:
        """When a command is over, and when the next one may take its steps."""
        port, fsm = self.command, self.fsm
        pending = Signal()  # all steps of the command before are taken, it has not been reported
        done = Signal()
        status = Signal(STATUS_BITS)
        self.comb += [
            done.eq(pending & self.empty),
            self.refused.eq(fsm.ongoing("REFUSED") & ~pending & self.empty),
            port.busy.eq(~fsm.ongoing("IDLE")),
            port.done.eq(done | self.refused),
            port.status.eq(Mux(self.refused, status, Status.DONE)),
        ]
        latched, free = self.latched, done | ~pending
        self.sync += [
            If(fsm.ongoing("CHECK"), status.eq(Status.SIZE)),
            If(self.load, status.eq(Status.LOCAL)),
            If(port.abort, status.eq(Status.STOPPED)),
            If(ends, pending.eq(1)).Elif(done, pending.eq(0)),
            If(self.load, self.released.eq(0)).Elif(free, self.released.eq(1)),
            If(
                free & ~self.released,
                self.use.depthwise.eq(latched.opcode == DEPTHWISE),
                self.use.weight_zero_point.eq(latched.weight_zero_point),
                *[getattr(self.output, name).eq(getattr(latched, name)) for name, _ in OUTPUT],
            ),
        ]
