"""Fetches lines from SDRAM, word by word."""

from __future__ import annotations

from typing import Any

from litex.gen import LiteXModule
from litex.soc.interconnect.stream import Converter, Endpoint, SyncFIFO
from migen import Cat, If, Signal, log2_int

WORD = 32
"""Bits of a word on the CPU's bus."""


class LineReader(LiteXModule):
    """Reads one line at a time through a LiteDRAM native port of any width.

    Latency: the first command goes out with `start`; from an SDRAM half as wide as a word, the
    words come every other cycle.

    Ports
    -----
    start    in, one cycle; only while not busy
    line     in, number of the line, kept until its last word has come
    cmd      out, addresses for the port
    rdata    in, the port's data; LiteDRAM does not wait for `ready`
    source   out, the words of the line in rising order
    """

    def __init__(self, port: Any, line_bytes: int) -> None:
        transfers = line_bytes * 8 // port.data_width
        offset_bits = log2_int(transfers)
        self.start = Signal()
        self.line = Signal(port.address_width - offset_bits)
        self.cmd = Endpoint([("address", port.address_width)])
        self.rdata = Endpoint([("data", port.data_width)])

        # # #

        issuing = Signal()
        offset = Signal(offset_bits)
        self.comb += [
            self.cmd.valid.eq(self.start | issuing),
            self.cmd.address.eq(Cat(offset, self.line)),
        ]
        self.sync += [
            If(self.start, issuing.eq(1)),
            If(
                self.cmd.valid & self.cmd.ready,
                offset.eq(offset + 1),
                If(offset == transfers - 1, issuing.eq(0)),
            ),
        ]

        # A place for every transfer of the line, since LiteDRAM cannot be held.
        self.fifo = fifo = SyncFIFO([("data", port.data_width)], transfers)
        self.converter = converter = Converter(port.data_width, WORD)
        self.source = converter.source
        self.comb += [self.rdata.connect(fifo.sink), fifo.source.connect(converter.sink)]
