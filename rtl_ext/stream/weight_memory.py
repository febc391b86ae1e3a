"""The weights and the parameters of groups, in block RAM."""

from __future__ import annotations

from migen import NO_CHANGE, READ_FIRST, Memory, Module, Record, Signal

from compiler_intrinsics.command_set import WORD_BITS
from compiler_intrinsics.stream.commands import LOCAL_BITS
from compiler_intrinsics.stream.geometry import Geometry

from .layouts import bits_for_index

WRITE = [("valid", 1), ("address", LOCAL_BITS), ("data", WORD_BITS)]
"""A word to write: word w is part w % words of entry w // words, where an entry has so many."""


class WeightMemory(Module):
    """Entries that are read as a whole and written by words of 8 bytes.

        address ─> block RAM ─> | raw ─> | entry     READ_LATENCY, an entry per cycle
        write ─> | request ─> block RAM              a word per cycle

    An entry that is read while it is written is any value, as in `ActivationMemory`.

    Ports, with n = log2(weight_entries):
        address  n          in   entry to read
        entry    lanes * 8  out  READ_LATENCY later
        write    WRITE      in
    """

    READ_LATENCY = 2

    def __init__(self, geometry: Geometry):
        entry_bits = bits_for_index(geometry.weight_entries)
        self.address = Signal(entry_bits)
        self.entry = Signal(geometry.entry_bytes * 8, reset_less=True)
        self.write = Record(WRITE)

        # # #

        parts = len(self.entry) // WORD_BITS
        part_bits = bits_for_index(parts)
        request = Record(WRITE, name="request")
        self.sync += request.eq(self.write)
        place = request.address[part_bits : part_bits + entry_bits]
        meets = Signal()
        self.comb += meets.eq(place == self.address)
        for part in range(parts):
            memory = Memory(WORD_BITS, geometry.weight_entries, name=f"weights{part}")
            reader = memory.get_port(has_re=True, mode=READ_FIRST)
            writer = memory.get_port(write_capable=True, mode=NO_CHANGE)
            self.specials += memory, reader, writer
            mine = request.address[:part_bits] == part if part_bits else 1
            self.comb += [
                writer.adr.eq(place),
                writer.dat_w.eq(request.data),
                writer.we.eq(request.valid & mine),
                reader.adr.eq(self.address),
                reader.re.eq(~(writer.we & meets)),
            ]
            self.sync += self.entry[WORD_BITS * part : WORD_BITS * (part + 1)].eq(reader.dat_r)
