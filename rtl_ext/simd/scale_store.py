"""Bias, multiplier and shift of each channel."""

from __future__ import annotations

from migen import Cat, If, Memory, Module, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry

from .layouts import BIAS, PARAMETERS, bits_for_index, scale_write

BLOCK_BITS = 36
"""Width of a block RAM at its widest."""


class ScaleStore(Module):
    """Parameters in two block RAMs; what is beyond their width is in LUT RAM.

    Ports, with n = log2(channels):
        write    scale_write  in   bias alone, or multiplier and shift, of one channel
        read     1            in   the channel's parameters are wanted; not while something is
                                   written
        channel  n            in   of which
        source   PARAMETERS   out  a cycle later; 0 where they were not wanted
    """

    def __init__(self, geometry: Geometry):
        self.write = write = Record(scale_write(geometry))
        self.read = Signal()
        self.channel = Signal(bits_for_index(geometry.channels))
        self.source = source = Record(PARAMETERS)

        # # #

        scale = Cat(write.multiplier, write.shift)
        bias = Signal(BIAS, reset_less=True, name="bias_s1")
        lower = Signal(BLOCK_BITS, reset_less=True, name="lower_s1")
        upper = Signal(len(scale) - BLOCK_BITS, reset_less=True, name="upper_s1")
        self.comb += [
            source.bias.eq(bias),
            Cat(source.multiplier, source.shift).eq(Cat(lower, upper)),
        ]
        # Said once more, for tools would build a way around a block RAM that may be written.
        read = self.read & ~(write.write_bias | write.write_scale)
        for written, register, enable in (
            (write.bias, bias, write.write_bias),
            (scale[:BLOCK_BITS], lower, write.write_scale),
            (scale[BLOCK_BITS:], upper, write.write_scale),
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
            ]
            # The register becomes the block RAM's own, its reset too.
            self.sync += If(read, register.eq(read_port.dat_r)).Else(register.eq(0))
