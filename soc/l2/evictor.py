"""Takes a line out of the data memory, word by word, and hands it to the writer."""

from __future__ import annotations

from litex.gen import LiteXModule
from migen import Array, If, Replicate, Signal, log2_int

from soc.l2.line_reader import WORD
from soc.l2.line_store import WORD_BYTES
from soc.l2.line_writer import LineWriter


class Evictor(LiteXModule):
    """Reads a whole line in as many cycles as it has words; those not present go out disabled.

        start ──> capture, captured ──> (data memory) ──> | data ──> writer.sink

    Ports, with w words in a line
    -----
    start     1      in   the first word is read in the next cycle; with the writer's start
    present   w      in   which words are to be written; kept while busy
    capture   1      out  word `captured` is read
    captured  log w  out
    last      1      out  it is the last one
    data      32     in   the word of the cycle before
    """

    def __init__(self, writer: LineWriter, words: int) -> None:
        self.start = Signal()
        self.present = Signal(words)
        self.capture = Signal()
        self.captured = Signal(log2_int(words))
        self.last = Signal()
        self.data = Signal(WORD)

        # # #

        present = Signal()
        self.comb += [
            self.last.eq(self.captured == words - 1),
            writer.sink.data.eq(self.data),
            writer.sink.we.eq(Replicate(present, WORD_BYTES)),
        ]
        self.sync += [
            If(self.start, self.capture.eq(1)).Elif(self.last, self.capture.eq(0)),
            If(self.capture, self.captured.eq(self.captured + 1)),
            writer.sink.valid.eq(self.capture),
            present.eq(Array(self.present)[self.captured]),
        ]
