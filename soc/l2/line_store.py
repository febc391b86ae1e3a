"""The words of all lines, and who may use their memory."""

from __future__ import annotations

from litex.gen import LiteXModule
from migen import Cat, If, Memory, Replicate, Signal, log2_int

from soc.l2.line_reader import WORD, LineReader

WORD_BYTES = WORD // 8


class LineStore(LiteXModule):
    """One port on the data memory: capture goes first, then a store, then a load that is served.

        capture, write, serve, words from SDRAM ──> address ──> memory ──> | data

    A word from SDRAM waits for all others.  The port shows what it reads and what it writes in the
    next cycle.

    Ports, with w words in a line, i bits of a place's number
    -----
    index     i      in   place of the request
    offset    log w  in   its word
    own       1      in   the request's line is on its way from SDRAM
    capture   1      in   read word `captured` of the place, for eviction
    captured  log w  in
    write     1      in   write `bytes` of `new` to the request's word
    new       32     in
    bytes     4      in
    serve     1      in   read the request's word, or the next one if `ready`
    ready     1      in   `data` is the request's word in this cycle
    readable  1      out  what `serve` asks for can be read in this cycle
    data      32     out  what was read or written in the cycle before

    Attributes
    ----------
    memory  Memory, the words of all lines
    """

    autocsr_exclude = {"memory"}  # LiteX would give the CPU a window on it

    def __init__(self, reader: LineReader, places: int, words: int) -> None:
        index_bits, offset_bits = log2_int(places), log2_int(words)
        self.index = Signal(index_bits)
        self.offset = Signal(offset_bits)
        self.own = Signal()
        self.capture = Signal()
        self.captured = Signal(offset_bits)
        self.write = Signal()
        self.new = Signal(WORD)
        self.bytes = Signal(WORD_BYTES)
        self.serve = Signal()
        self.ready = Signal()
        self.readable = Signal()
        self.data = Signal(WORD)
        self.memory = Memory(WORD, places * words)

        # # #

        port = self.memory.get_port(write_capable=True, we_granularity=8)
        self.specials += self.memory, port
        wanted = Signal(offset_bits)
        place = Signal(offset_bits)
        index = Signal(index_bits)
        here, fetched = Signal(), Signal()
        self.comb += [
            self.data.eq(port.dat_r),
            wanted.eq(self.offset + self.ready),
            here.eq(~self.own | (reader.filled > wanted)),
            reader.source.ready.eq(~(self.capture | self.write | (self.serve & here))),
            fetched.eq(reader.source.valid & reader.source.ready),
            self.readable.eq(here | (fetched & (reader.filled == wanted))),
            port.adr.eq(Cat(place, index)),
            place.eq(wanted),
            index.eq(self.index),
            port.dat_w.eq(self.new),
            If(self.capture, place.eq(self.captured)),
            If(self.write, place.eq(self.offset), port.we.eq(self.bytes)),
            If(
                fetched,
                place.eq(reader.filled),
                index.eq(reader.line),
                port.dat_w.eq(reader.source.data),
                port.we.eq(Replicate(~reader.kept, WORD_BYTES)),
            ),
        ]
