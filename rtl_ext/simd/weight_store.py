"""The weights, in block RAM."""

from __future__ import annotations

from migen import NO_CHANGE, Cat, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry

from .layouts import bits_for_index, entry_bits, parts_of_entry, store_write


class WeightStore(Module):
    """Entries of one weight a lane, read as a whole, written by parts of two words.

        address ──> block RAM ──> data        latency 1, an entry per cycle

    A cycle either reads or writes, so that one port is enough; tools would build logic around a
    second one for the case that both meet.

    Ports, with n = log2(store_entries):
        address  n            in   entry to read
        data     lanes * 8    out  the entry, one cycle later; any value behind a write
        write    store_write  in   two words into one part of an entry
    """

    def __init__(self, geometry: Geometry):
        self.address = Signal(bits_for_index(geometry.store_entries))
        self.data = Signal(entry_bits(geometry))
        self.write = Record(store_write(geometry))

        # # #

        write = self.write
        address = Signal(len(self.address))
        self.comb += address.eq(Mux(write.enable != 0, write.address, self.address))
        width = entry_bits(geometry) // parts_of_entry(geometry)
        for part in range(parts_of_entry(geometry)):
            memory = Memory(width, geometry.store_entries)
            port = memory.get_port(write_capable=True, mode=NO_CHANGE)
            self.specials += memory, port
            self.comb += [
                port.adr.eq(address),
                port.dat_w.eq(Cat(write.low, write.high)),
                port.we.eq(write.enable[part]),
                self.data[part * width : (part + 1) * width].eq(port.dat_r),
            ]
