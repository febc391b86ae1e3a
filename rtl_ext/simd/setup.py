"""The instructions that set the unit up."""

from __future__ import annotations

from migen import Cat, If, Module, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.simd.spec import INSTRUCTION_SET, Part
from compiler_intrinsics.simd.state import THROUGH_TABLE

from .layouts import (
    BYTE,
    COMMAND,
    OUTPUT,
    TABLE_WRITE,
    ZERO_POINT,
    bits_for_index,
    parts_of_entry,
    ring_load,
    scale_write,
    store_write,
)


class SetUp(Module):
    """Executes a set-up instruction: in one cycle, or as long as results are under way.

        command ─┬─> bounds of the rings
                 ├─> place  ──> write port of the weight store
                 ├─> channel ─> write port of the parameters     not while
                 └─> output stage and its table                  results are under way

    Ports:
        command  COMMAND      in   the instruction
        valid    1            in   it is there, and one of ours
        drained  1            in   no result is under way, so that parameters may change
        done     1            out  it ends in this cycle
        weights  ring_load    out  new bounds of the ring of store entries
        params   ring_load    out  new bounds of the ring of parameter groups
        store    store_write  out  writes to the weight store
        scale    scale_write  out  writes to the requantiser's parameters
        table    TABLE_WRITE  out  writes to the table behind the clamp
        zero_point  int8      out  register: of the weights
        output   OUTPUT       out  register: zero point and clamp
    """

    def __init__(self, geometry: Geometry):
        self.command = Record(COMMAND)
        self.valid = Signal()
        self.drained = Signal()
        self.done = Signal()
        self.weights = Record(ring_load(geometry.store_entries))
        self.params = Record(ring_load(geometry.param_groups))
        self.store = Record(store_write(geometry))
        self.scale = Record(scale_write(geometry))
        self.table = Record(TABLE_WRITE)
        self.zero_point = Signal(ZERO_POINT)
        self.output = Record(OUTPUT)

        # # #

        at = {
            item.mnemonic: self.valid & (self.command.funct7 == item.funct7)
            for item in INSTRUCTION_SET.instructions
            if item.funct3 == Part.SETUP
        }
        ready = Signal()
        waits = at["set_output"] | at["ld_bias"] | at["ld_scale"] | at["ld_table"]
        self.comb += [ready.eq(self.drained | ~waits), self.done.eq(self.valid & ready)]
        self._load_rings(at)
        self._write_store(at, geometry)
        self._write_scale(at, ready, geometry)
        self._write_table(at["ld_table"] & ready)
        self._set_output(at["set_output"] & ready)
        self.sync += If(at["set_zero_point"], self.zero_point.eq(self.command.a[:BYTE]))

    def _load_rings(self, at: dict) -> None:
        for name, bounds in (("set_weights", self.weights), ("set_params", self.params)):
            self.comb += [
                bounds.load.eq(at[name]),
                bounds.first.eq(self.command.a),
                bounds.last.eq(self.command.b),
            ]

    def _write_store(self, at: dict, geometry: Geometry) -> None:
        """The parts of all entries, one after the other."""
        store, parts = self.store, parts_of_entry(geometry)
        part_bits = bits_for_index(parts)
        place = Signal(part_bits + bits_for_index(geometry.store_entries))
        self.comb += [
            store.address.eq(place[part_bits:]),
            store.low.eq(self.command.a),
            store.high.eq(self.command.b),
            If(at["ld_weights"], store.enable.eq(1 << place[:part_bits])),
        ]
        self.sync += [
            If(at["seek"], place.eq(self.command.a << part_bits)),
            If(at["ld_weights"], place.eq(place + 1)),
        ]

    def _write_scale(self, at: dict, ready: Signal, geometry: Geometry) -> None:
        """The parameters of all channels, one after the other."""
        scale = self.scale
        channel = Signal(bits_for_index(geometry.channels))
        shift = self.command.b[: len(scale.shift)]
        lowest = 1 << len(scale.shift) - 1  # the bits of -32, which becomes -31
        self.comb += [
            scale.channel.eq(channel),
            scale.bias.eq(self.command.a),
            scale.multiplier.eq(self.command.a),
            # Bits, not numbers: LiteX compares with a negative constant without its sign.
            scale.shift.eq(Cat(shift[0] | (shift == lowest), shift[1:])),
            scale.write_bias.eq(at["ld_bias"] & ready),
            scale.write_scale.eq(at["ld_scale"] & ready),
        ]
        self.sync += [
            If(at["seek"], channel.eq(self.command.b)),
            If(scale.write_scale, channel.eq(channel + 1)),
        ]

    def _write_table(self, now) -> None:
        command, table = self.command, self.table
        self.comb += [
            table.enable.eq(now),
            table.place.eq(command.a),
            table.four.eq(command.b),
        ]

    def _set_output(self, now) -> None:
        command = self.command
        self.sync += If(
            now,
            self.output.zero_point.eq(command.a[:BYTE]),
            self.output.act_min.eq(command.b[:BYTE]),
            self.output.act_max.eq(command.b[BYTE : 2 * BYTE]),
            self.output.through_table.eq(command.b[bits_for_index(THROUGH_TABLE)]),
        )
