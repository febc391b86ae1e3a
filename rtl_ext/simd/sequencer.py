"""Executes instructions: set-up at once, MAC instructions a word per cycle."""

from __future__ import annotations

from migen import If, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.simd.spec import Part

from .layouts import (
    COMMAND,
    OUTPUT,
    TABLE_WRITE,
    bits_for_index,
    mac_step,
    scale_write,
    store_write,
)
from .result_gate import ResultGate
from .ring import Ring
from .setup import SetUp
from .words import Words


class Sequencer(Module):
    """Executes the queue's head.

        command ─┬─> SetUp ──────────────> store, scale, output, bounds of the rings
                 └─> Words ─> ResultGate ─> | step
                              Ring: entry ────> address

    A word is held back while it would complete a result that the requantiser cannot take yet or
    that has no place among the waiting results.  Parameters change only when no result is under
    way.

    Throughput: a word or a set-up instruction per cycle.  `step` is a register: a word is there one
    cycle after its command, `address` in the same cycle as the command.

    Ports, with n = log2(store_entries), m = log2(rows):
        command  COMMAND      in   the queue's head
        valid    1            in   it is there
        done     1            out  take it off
        full     1            in   there is no place for a result
        drained  1            in   no result is on its way
        lent     1            in   the lanes are there: a word may be taken
        wants    1            out  there is one, and nothing but the lanes is missing
        started  1            out  a result is on its way from now on
        blocked  1            out  the head waits for a place among the results
        row      m            out  row of the word that is in `step` one cycle later
        look     1            out  that word may be one of a depthwise window
        step     mac_step     out  to the MAC array
        address  n            out  store entry of the word that is in `step` one cycle later
        store    store_write  out  writes to the weight store
        scale    scale_write  out  writes to the requantiser's parameters
        table    TABLE_WRITE  out  writes to the table behind the clamp
        output   OUTPUT       out  zero point and clamp
    """

    def __init__(self, geometry: Geometry):
        self.command = Record(COMMAND)
        self.valid = Signal()
        self.done = Signal()
        self.full = Signal()
        self.drained = Signal()
        self.lent = Signal()
        self.wants = Signal()
        self.started = Signal()
        self.blocked = Signal()
        self.row = Signal(bits_for_index(geometry.rows))
        self.look = Signal()
        self.step = Record(mac_step(geometry))
        self.address = Signal(bits_for_index(geometry.store_entries))
        self.store = Record(store_write(geometry))
        self.scale = Record(scale_write(geometry))
        self.table = Record(TABLE_WRITE)
        self.output = Record(OUTPUT)

        # # #

        self.submodules.setup = SetUp(geometry)
        self.submodules.words = Words(geometry)
        self.submodules.gate = ResultGate(geometry)
        self.submodules.entries = Ring(geometry.store_entries)
        self.submodules.params = Ring(geometry.param_groups)
        self._set_up()
        self._make_words()
        self._send()
        self.comb += self.done.eq(self.setup.done | self.words.done)

    def _set_up(self) -> None:
        """Set-up instructions, and where what they write goes."""
        setup = self.setup
        self.comb += [
            setup.command.eq(self.command),
            setup.valid.eq(self.valid & (self.command.part == Part.SETUP)),
            setup.drained.eq(self.drained),
            self.entries.bounds.eq(setup.weights),
            self.params.bounds.eq(setup.params),
            self.store.eq(setup.store),
            self.scale.eq(setup.scale),
            self.table.eq(setup.table),
            self.output.eq(setup.output),
        ]

    def _make_words(self) -> None:
        """MAC instructions; what they offer is taken as soon as the gate is open."""
        words, gate = self.words, self.gate
        offer = words.offer
        self.comb += [
            words.command.eq(self.command),
            words.valid.eq(self.valid & (self.command.part != Part.SETUP)),
            words.restart.eq(self.setup.weights.load),
            words.taken.eq(offer.valid & gate.open & self.lent),
            gate.last.eq(offer.last),
            gate.full.eq(self.full),
            gate.passed.eq(words.taken),
            self.started.eq(words.taken & offer.last),
            self.blocked.eq(offer.valid & offer.last & self.full),
            self.wants.eq(offer.valid & ~self.blocked),
        ]

    def _send(self) -> None:
        """The word that is taken, with its store entry, row and parameter group."""
        entries, params, step = self.entries, self.params, self.step
        offer, taken, restart = self.words.offer, self.words.taken, self.setup.weights.load
        self.comb += [
            entries.advance.eq(taken),
            params.advance.eq(self.started),
            self.address.eq(entries.position),
            self.look.eq(self.lent & offer.dw),
        ]
        # A row for each word, again from the first one where the ring of entries starts again.
        row = self.row
        self.sync += [
            If(restart, row.eq(0)).Elif(taken, row.eq(Mux(entries.wrap, 0, row + 1))),
            step.mac.eq(taken & ~offer.skip),
            step.up.eq(offer.up),
            step.shift.eq(taken & offer.dw),
            step.last.eq(self.started),
            step.clear.eq(restart),
            step.group.eq(params.position),
            step.zero_point.eq(self.setup.zero_point),
            # A reset is free, a choice between the two in front of the lanes is not. Without lanes
            # both are 0, so that those who have them need not choose either.
            If(self.lent & ~offer.dw, step.dot.eq(offer.word)).Else(step.dot.eq(0)),
            If(self.look, step.column.eq(offer.word)).Else(step.column.eq(0)),
        ]
