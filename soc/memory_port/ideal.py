"""A unit's accesses on the single-cycle RAM."""

from __future__ import annotations

from litex.gen import LiteXModule
from migen import READ_FIRST, Cat, Constant, If, Memory, Record, Signal

from rtl_ext.unit_memory import UNIT_MEMORY


class IdealPort(LiteXModule):
    """Two more ports on a memory of 32 bits, so that a word of 8 bytes moves in every cycle.

    Latency: an answer comes in the cycle behind its read.

    Ports:
        memory  UNIT_MEMORY  slave; the two of a flush belong to others
        idle    1            out  always: an access is over when it is taken

    Parameters:
        words: the `Memory`, which belongs to the SoC.
    """

    def __init__(self, words: Memory) -> None:
        self.memory = Record(UNIT_MEMORY)
        self.idle = Signal(reset=1)

        # # #

        cmd, rdata = self.memory.cmd, self.memory.rdata
        bits, octets = words.width, words.width // 8
        ports = [
            words.get_port(write_capable=True, we_granularity=8, mode=READ_FIRST) for _ in "01"
        ]
        self.specials += ports
        for half, port in enumerate(ports):
            self.comb += [
                port.adr.eq(Cat(Constant(half, 1), cmd.address)),
                port.dat_w.eq(cmd.data[bits * half :]),
                If(cmd.valid & cmd.write, port.we.eq(cmd.mask[octets * half :])),
            ]
        self.comb += [cmd.ready.eq(1), rdata.data.eq(Cat(*(port.dat_r for port in ports)))]
        self.sync += rdata.valid.eq(cmd.valid & ~cmd.write)
