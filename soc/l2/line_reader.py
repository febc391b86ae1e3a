"""Fetches lines from SDRAM, word by word."""

from __future__ import annotations

from typing import Any

from litex.gen import LiteXModule
from litex.soc.interconnect.stream import Converter, Endpoint, SyncFIFO
from migen import If, Signal, log2_int

WORD = 32
"""Bits of a word on the CPU's bus."""


class LineReader(LiteXModule):
    """Reads one line at a time through a LiteDRAM native port of any width.

    Latency: the first command goes out one cycle after `start`; with SDRAM as wide as half a word,
    a word comes every other cycle from then on.

    Ports
    -----
    start    in, one cycle; only while not busy
    line     in, number of the line, taken at `start`
    cmd      out, addresses for the port
    rdata    in, the port's data; LiteDRAM does not wait for `ready`
    source   out, the words of the line in rising order
    issuing  out, commands are still to go out
    """

    def __init__(self, port: Any, line_bytes: int) -> None:
        transfers = line_bytes * 8 // port.data_width
        line_bits = port.address_width - log2_int(transfers)
        self.start = Signal()
        self.line = Signal(line_bits)
        self.cmd = Endpoint([("address", port.address_width)])
        self.rdata = Endpoint([("data", port.data_width)])
        self.issuing = Signal()

        # # #

        address = self.cmd.address
        offset = address[: log2_int(transfers)]
        self.comb += self.cmd.valid.eq(self.issuing)
        self.sync += [
            If(
                self.cmd.valid & self.cmd.ready,
                offset.eq(offset + 1),
                If(offset == transfers - 1, self.issuing.eq(0)),
            ),
            If(
                self.start,
                self.issuing.eq(1),
                address.eq(self.line << log2_int(transfers)),
            ),
        ]

        # A place for every transfer of the line, since LiteDRAM cannot be held.
        self.fifo = fifo = SyncFIFO([("data", port.data_width)], transfers)
        self.converter = converter = Converter(port.data_width, WORD)
        self.source = converter.source
        self.comb += [self.rdata.connect(fifo.sink), fifo.source.connect(converter.sink)]
