"""Fetches lines from SDRAM, word by word."""

from __future__ import annotations

from typing import Any

from litex.gen import LiteXModule
from litex.soc.interconnect.stream import Converter, Endpoint, SyncFIFO
from migen import Array, Cat, If, Mux, Signal, log2_int

WORD = 32
"""Bits of a word on the CPU's bus."""


class LineReader(LiteXModule):
    """Reads one line at a time through a LiteDRAM native port of any width.

    Latency: the first command goes out with `start`; from an SDRAM half as wide as a word, the
    words come every other cycle.

    Ports, with w words in a line and n bits of a line's number
    -----
    start     1             in   one cycle; only while not busy
    new_line  n             in   number of the line, taken at `start`
    new_kept  w             in   a bit for each word that stays as it is, taken at `start`
    busy      1             out  until the last word has been taken
    line      n             out  number of the line that is on its way
    filled    0..w          out  how many of its words have been taken; all of them when not busy
    kept      1             out  the word in `source` is one that stays
    cmd       port address  out  addresses for the port
    rdata     port data     in   the port's data; LiteDRAM does not wait for `ready`
    source    32            out  the words of the line in rising order
    """

    def __init__(self, port: Any, line_bytes: int) -> None:
        transfers = line_bytes * 8 // port.data_width
        words = line_bytes * 8 // WORD
        offset_bits = log2_int(transfers)
        line_bits = port.address_width - offset_bits
        self.start = Signal()
        self.new_line = Signal(line_bits)
        self.new_kept = Signal(words)
        self.busy = Signal()
        self.line = Signal(line_bits, reset_less=True)
        self.filled = Signal(max=words + 1, reset=words)
        self.kept = Signal()
        self.cmd = Endpoint([("address", port.address_width)])
        self.rdata = Endpoint([("data", port.data_width)])

        # # #

        issuing = Signal()
        offset = Signal(offset_bits)
        kept = Signal(words, reset_less=True)
        self.comb += [
            self.cmd.valid.eq(self.start | issuing),
            self.cmd.address.eq(Cat(offset, Mux(self.start, self.new_line, self.line))),
        ]
        self.sync += [
            If(
                self.start,
                issuing.eq(1),
                self.line.eq(self.new_line),
                kept.eq(self.new_kept),
                self.filled.eq(0),
            ),
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
        self.comb += [
            self.rdata.connect(fifo.sink),
            fifo.source.connect(converter.sink),
            self.busy.eq(self.filled != words),
            self.kept.eq(Array(kept)[self.filled[: log2_int(words)]]),
        ]
        self.sync += If(self.source.valid & self.source.ready, self.filled.eq(self.filled + 1))
