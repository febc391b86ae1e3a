"""SDR SDRAM chip and PHY in one, at the level of LiteDRAM's DFI.

Behaves as `litedram.phy.model.SDRAMPHYModel` does (a test compares them command by command), but
keeps all banks in one memory whose index is the CPU's address.  That makes the simulation faster,
and the harness can load and read main RAM as one flat array.
"""

from __future__ import annotations

from litedram.common import PhySettings
from litedram.modules import MT48LC16M16
from litedram.phy.dfi import Interface
from litex.gen import LiteXModule
from migen import READ_FIRST, Array, Cat, If, Memory, Signal

from soc.memory_map import MAIN_RAM_SIZE

CAS_LATENCY = 2
"""Cycles; MT48LC16M16 up to 133 MHz."""
DATA_BITS = 16


def gensdrphy_settings() -> PhySettings:
    """Latencies of LiteDRAM's GENSDRPHY, the PHY of the SDR boards."""
    return PhySettings(
        phytype="SDRAMPHYModel",
        memtype="SDR",
        databits=DATA_BITS,
        dfi_databits=DATA_BITS,
        nphases=1,
        rdphase=0,
        wrphase=0,
        cl=CAS_LATENCY,
        read_latency=CAS_LATENCY + 1,  # commands and read data are registered once each way
        write_latency=0,
    )


def sdram_chip(size: int) -> type[MT48LC16M16]:
    """LiteDRAM's description of a chip of so many bytes: the MT48LC16M16 with more rows.

    A row is the topmost part of an address, and refresh commands are no more frequent, so what a
    smaller chip holds lies in the same banks and takes the same cycles in a larger one.
    """
    rows = MT48LC16M16.nrows * size // MAIN_RAM_SIZE
    return type(MT48LC16M16.__name__, (MT48LC16M16,), {"nrows": rows})


class SdramModel(LiteXModule):
    """One chip.

    Ports
    -----
    dfi  LiteDRAM's DFI, one phase: commands in; `rddata` follows a read by `read_latency` cycles

    Attributes
    ----------
    mem  16-bit words, index = {row, bank, column}: LiteDRAM's ROW_BANK_COL mapping, so the index
         is the byte offset in main RAM divided by two
    """

    autocsr_exclude = {"mem"}  # main RAM is reached through the controller only

    def __init__(self, geometry) -> None:
        self.settings = settings = gensdrphy_settings()
        self.dfi = dfi = Interface(
            geometry.addressbits, geometry.bankbits, settings.nranks, DATA_BITS, nphases=1
        )
        words = 2 ** (geometry.rowbits + geometry.bankbits + geometry.colbits)
        self.mem = mem = Memory(DATA_BITS, words, name="sdram_words")

        # # #

        phase = dfi.p0
        activate = Signal()
        write = Signal()
        read = Signal()
        self.comb += [
            activate.eq(~phase.cs_n & ~phase.ras_n & phase.cas_n & phase.we_n),
            write.eq(~phase.cs_n & phase.ras_n & ~phase.cas_n & ~phase.we_n),
            read.eq(~phase.cs_n & phase.ras_n & ~phase.cas_n & phase.we_n),
        ]

        # The open row of each bank. Precharge is not modelled: the controller activates a row
        # before it uses it.
        rows = Array(Signal(geometry.rowbits) for _ in range(2**geometry.bankbits))
        self.sync += If(activate, rows[phase.bank].eq(phase.address))
        index = Cat(phase.address[: geometry.colbits], phase.bank, rows[phase.bank])

        write_port = mem.get_port(write_capable=True, we_granularity=8)
        read_port = mem.get_port(has_re=True, mode=READ_FIRST)
        self.specials += mem, write_port, read_port
        self.comb += [
            write_port.adr.eq(index),
            write_port.dat_w.eq(phase.wrdata),
            If(write, write_port.we.eq(~phase.wrdata_mask)),
            read_port.adr.eq(index),
            read_port.re.eq(read),
        ]

        # The memory's own register is the first cycle of the latency.
        data, valid = read_port.dat_r, Signal()
        self.sync += valid.eq(read)
        for _ in range(settings.read_latency - 1):
            data_next, valid_next = Signal(DATA_BITS), Signal()
            self.sync += [data_next.eq(data), valid_next.eq(valid)]
            data, valid = data_next, valid_next
        self.comb += [phase.rddata.eq(data), phase.rddata_valid.eq(valid)]
