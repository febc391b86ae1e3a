"""Bias, multiplier and shift of each channel."""

from __future__ import annotations

from migen import Memory, Module, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry

from .layouts import BIAS, MULTIPLIER, SHIFT, bits_for_index, scale_write


class ScaleStore(Module):
    """Parameters in LUT RAM, read in the same cycle, as long as nothing writes.

    Ports, with n = log2(channels):
        write       scale_write  in   bias alone, or multiplier and shift, of one channel
        channel     n            in   which to read
        bias        int32        out
        multiplier  31           out
        shift       int6         out
    """

    def __init__(self, geometry: Geometry):
        self.write = write = Record(scale_write(geometry))
        self.channel = Signal(bits_for_index(geometry.channels))
        self.bias = Signal(BIAS)
        self.multiplier = Signal(MULTIPLIER)
        self.shift = Signal(SHIFT)

        # # #

        for written, read, enable in (
            (write.bias, self.bias, write.write_bias),
            (write.multiplier, self.multiplier, write.write_scale),
            (write.shift, self.shift, write.write_scale),
        ):
            memory = Memory(len(written), geometry.channels)
            write_port = memory.get_port(write_capable=True)
            read_port = memory.get_port(async_read=True)
            self.specials += memory, write_port, read_port
            self.comb += [
                write_port.adr.eq(write.channel),
                write_port.dat_w.eq(written),
                write_port.we.eq(enable),
                read_port.adr.eq(self.channel),
                read.eq(read_port.dat_r),
            ]
