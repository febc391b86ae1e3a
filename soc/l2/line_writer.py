"""Writes lines back to SDRAM while the cache goes on."""

from __future__ import annotations

from typing import Any

from litex.gen import LiteXModule
from litex.soc.interconnect.stream import Endpoint, StrideConverter, SyncFIFO
from migen import If, Signal, log2_int

from soc.l2.line_reader import WORD


def _layout(bits: int) -> list[tuple[str, int]]:
    """Data and one write enable a byte."""
    return [("data", bits), ("we", bits // 8)]


class LineWriter(LiteXModule):
    """Takes a whole line, then writes it through a LiteDRAM native port of any width.

    LiteDRAM fetches the data of a command at a time of its own choice, so no command goes out
    before all data is here.

    Ports, with n bits of a line's number
    -----
    start  1             in   one cycle; only while not busy
    line   n             in   number of the line, taken at `start`
    sink   32 and 4      in   the words of the line in rising order, byte enables; never refused
    hold   1             in   keeps the commands back
    cmd    port address  out  addresses for the port
    wdata  port data     out  the port's data, and a write enable a byte
    busy   1             out  until LiteDRAM has taken everything
    """

    def __init__(self, port: Any, line_bytes: int) -> None:
        transfers = line_bytes * 8 // port.data_width
        line_bits = port.address_width - log2_int(transfers)
        stored = max(WORD, port.data_width)
        self.start = Signal()
        self.line = Signal(line_bits)
        self.sink = Endpoint(_layout(WORD))
        self.hold = Signal()
        self.cmd = Endpoint([("address", port.address_width)])
        self.wdata = Endpoint(_layout(port.data_width))
        self.busy = Signal()

        # # #

        self.widen = widen = StrideConverter(_layout(WORD), _layout(stored))
        self.fifo = fifo = SyncFIFO(_layout(stored), line_bytes * 8 // stored)
        self.narrow = narrow = StrideConverter(_layout(stored), _layout(port.data_width))
        self.comb += [
            self.sink.connect(widen.sink),
            widen.source.connect(fifo.sink),
            fifo.source.connect(narrow.sink),
            narrow.source.connect(self.wdata),
        ]

        address = self.cmd.address
        offset = address[: log2_int(transfers)]
        collecting = Signal()
        issuing = Signal()
        self.comb += [
            self.cmd.valid.eq(issuing & ~self.hold),
            self.busy.eq(collecting | issuing | narrow.source.valid),
        ]
        self.sync += [
            If(
                collecting & (fifo.level == fifo.depth),
                collecting.eq(0),
                issuing.eq(1),
            ),
            If(
                self.cmd.valid & self.cmd.ready,
                offset.eq(offset + 1),
                If(offset == transfers - 1, issuing.eq(0)),
            ),
            If(
                self.start,
                collecting.eq(1),
                address.eq(self.line << log2_int(transfers)),
            ),
        ]
