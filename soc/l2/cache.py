"""The L2 cache of the SoC."""

from __future__ import annotations

from typing import Any

from litex.gen import LiteXModule
from litex.soc.interconnect import wishbone
from migen import NO_CHANGE, Array, Cat, If, Memory, Mux, Replicate, Signal, log2_int
from migen.genlib.fsm import FSM, NextState, NextValue

from soc.l2.line_reader import WORD, LineReader
from soc.l2.line_writer import LineWriter

WORD_BYTES = WORD // 8


class L2Cache(LiteXModule):
    """Direct-mapped, write-back cache, made for a CPU with write-through caches.

    Such a CPU asks for whole lines in bursts and for single stores.  So

    - a burst takes one cycle a word, and one that misses begins with the first word from SDRAM;
    - behind a load, the next line is fetched as well, while other lines are at hand;
    - a store is acknowledged at once and done behind the CPU's back;
    - each word has a `present` bit, so that a line that is only written is never fetched;
    - an evicted line goes to SDRAM behind the fetch of the line that takes its place.

    Cycles from request to first acknowledge: store 0, load 2 (hit).

        ACCEPT ─ LOOKUP ┬ hit ─────────────────────────────┬ SERVE  load: a word a cycle; then AHEAD
                        └ MISS ┬────────────────────┬──────┤
                               └ CAPTURE the evicted┴ WAIT ┴ WRITE  store, and ACCEPT's work

        AHEAD: LOOKUP again, for the next line; MISS if that costs no eviction; then ACCEPT

    Ports
    -----
    bus  Wishbone, 32 bits; bursts with rising addresses end at the end of a line

    Parameters
    ----------
    port          LiteDRAM native port
    size          bytes
    line_bytes    bytes of a line
    memory_bytes  bytes of main RAM, which lies at a multiple of its size

    Attributes
    ----------
    tags   Memory, one entry a line: number of the line in main RAM divided by the number of lines
    state  Memory, one entry a line: {dirty, present bits of the words}; no bit set: a free line.
           A line on its way from SDRAM counts as present
    data   Memory, the words of all lines
    """

    autocsr_exclude = {"tags", "state", "data"}  # LiteX would give the CPU a window on them

    def __init__(self, port: Any, size: int, line_bytes: int, memory_bytes: int) -> None:
        lines = size // line_bytes
        words = line_bytes // WORD_BYTES
        offset_bits, index_bits = log2_int(words), log2_int(lines)
        tag_bits = log2_int(memory_bytes // size)

        self.bus = wishbone.Interface(data_width=WORD, address_width=32, addressing="word")
        self.tags = Memory(tag_bits, lines)
        self.state = Memory(words + 1, lines)
        self.data = Memory(WORD, lines * words)

        # # #

        self.reader = LineReader(port, line_bytes)
        self.writer = LineWriter(port, line_bytes)
        self._connect(port)

        # One port each for tags and data: what could meet there lies in different cycles.
        self._tag_port = self.tags.get_port(write_capable=True, mode=NO_CHANGE)
        self._data_port = self.data.get_port(write_capable=True, we_granularity=8)
        self._state_read = self.state.get_port(async_read=True)
        self._state_write = self.state.get_port(write_capable=True)
        self.specials += self.tags, self.state, self.data, self._tag_port, self._data_port
        self.specials += self._state_read, self._state_write

        # The request; `ahead`: our own, for the line behind the last one that was loaded.
        self._line = line = Signal(index_bits + tag_bits)
        self._offset = Signal(offset_bits, reset_less=True)
        self._index, self._tag = line[:index_bits], line[index_bits:]
        self._store, self._store_data = Signal(), Signal(WORD, reset_less=True)
        self._store_bytes = Signal(WORD_BYTES, reset_less=True)
        self._ahead = Signal()

        # What LOOKUP finds, and finds out.
        self._found, self._hit = Signal(), Signal()
        self._old_tag, self._old_found = Signal(tag_bits, reset_less=True), Signal(reset_less=True)
        self._old_dirty, self._old_present = Signal(reset_less=True), Signal(words, reset_less=True)
        self._fetch = Signal()

        # What a state wants from the data memory.
        self._capturing, self._captured = Signal(), Signal(offset_bits)
        self._write, self._serve, self._ready = Signal(), Signal(), Signal()
        self._readable = Signal()
        self._own = Signal()  # the request's line is on its way from SDRAM

        self._look_up()
        self._use_data(words)
        self._evict(words)
        self._run(lines, words)

    def _connect(self, port: Any) -> None:
        """Reader and writer take turns: no command of one is pending when the other begins."""
        reader, writer = self.reader, self.writer
        self.comb += [
            port.cmd.valid.eq(reader.cmd.valid | writer.cmd.valid),
            port.cmd.we.eq(~reader.cmd.valid),
            port.cmd.addr.eq(Mux(reader.cmd.valid, reader.cmd.address, writer.cmd.address)),
            reader.cmd.ready.eq(port.cmd.ready),
            writer.cmd.ready.eq(port.cmd.ready),
            writer.hold.eq(reader.cmd.valid),
            writer.wdata.connect(port.wdata),
            port.rdata.connect(reader.rdata),
        ]

    def _look_up(self) -> None:
        """Tag and state of the request's place."""
        found, hit = self._found, self._hit
        words = len(self._old_present)
        present = self._state_read.dat_r[:words]
        whole_word = self._store_bytes == 2**WORD_BYTES - 1
        kept = self._old_present & Replicate(self._old_found, words)
        self.comb += [
            self._state_read.adr.eq(self._index),
            self._state_write.adr.eq(self._index),
            self._tag_port.dat_w.eq(self._tag),
            found.eq((self._tag_port.dat_r == self._tag) & (present != 0)),
            If(self._store, hit.eq(found & (whole_word | Array(present)[self._offset]))).Else(
                hit.eq(found & (present == 2**words - 1))
            ),
            self.reader.new_line.eq(self._line),
            self.reader.new_kept.eq(kept),
            # A store adds its word to those that are here.
            self._state_write.dat_w.eq(
                Cat(Mux(self._fetch, 2**words - 1, kept | (1 << self._offset)), 1)
            ),
        ]
        self._look = [
            NextValue(self._old_tag, self._tag_port.dat_r),
            NextValue(self._old_found, found),
            NextValue(self._old_dirty, self._state_read.dat_r[words]),
            NextValue(self._old_present, present),
            NextValue(self._fetch, ~hit & ~(self._store & whole_word)),
        ]

    def _use_data(self, words: int) -> None:
        """Who has the data memory's port: a word from SDRAM waits for all others.

        The port shows what it reads and what it writes in the next cycle.  `ready` says that this
        is the word at `offset`.
        """
        reader, port = self.reader, self._data_port
        offset_bits = len(self._offset)
        read_offset = Signal(offset_bits)
        place = Signal(offset_bits)
        line_index = Signal(len(self._index))
        here, fetched = Signal(), Signal()
        self.comb += [
            self.bus.dat_r.eq(port.dat_r),
            read_offset.eq(self._offset + self._ready),
            self._own.eq(reader.busy & (reader.line == self._line)),
            here.eq(~self._own | (reader.filled > read_offset)),
            reader.source.ready.eq(~(self._capturing | self._write | (self._serve & here))),
            fetched.eq(reader.source.valid & reader.source.ready),
            self._readable.eq(here | (fetched & (reader.filled == read_offset))),
            port.adr.eq(Cat(place, line_index)),
            place.eq(read_offset),
            line_index.eq(self._index),
            port.dat_w.eq(self._store_data),
            If(self._capturing, place.eq(self._captured)),
            If(self._write, place.eq(self._offset), port.we.eq(self._store_bytes)),
            If(
                fetched,
                place.eq(reader.filled),
                line_index.eq(reader.line),
                port.dat_w.eq(reader.source.data),
                port.we.eq(Replicate(~reader.kept, WORD_BYTES)),
            ),
        ]

    def _evict(self, words: int) -> None:
        """A captured word leaves the data memory one cycle after its address."""
        writer = self.writer
        present = Signal()
        self.sync += [
            writer.sink.valid.eq(self._capturing),
            present.eq(Array(self._old_present)[self._captured]),
        ]
        self.comb += [
            writer.line.eq(Cat(self._index, self._old_tag)),
            writer.sink.data.eq(self._data_port.dat_r),
            writer.sink.we.eq(Replicate(present, WORD_BYTES)),
        ]

    def _run(self, lines: int, words: int) -> None:
        """The states."""
        bus, reader, writer = self.bus, self.reader, self.writer
        tag_port, state_write = self._tag_port, self._state_write
        index_in_bus = bus.adr[len(self._offset) :]
        asked, last = Signal(), Signal()
        self.comb += [
            asked.eq(bus.cyc & bus.stb),
            last.eq((bus.cti != wishbone.CTI_BURST_INCREMENTING) | (self._offset == words - 1)),
            tag_port.adr.eq(self._index),
        ]
        accept = [
            tag_port.adr.eq(index_in_bus),
            If(
                asked,
                bus.ack.eq(bus.we),
                NextValue(self._line, index_in_bus),
                NextValue(self._offset, bus.adr),
                NextValue(self._store, bus.we),
                NextValue(self._store_data, bus.dat_w),
                NextValue(self._store_bytes, bus.sel),
                NextValue(self._ahead, 0),
                NextState("LOOKUP"),
            ).Else(NextState("ACCEPT")),
        ]
        self.fsm = fsm = FSM(reset_state="CLEAR")
        fsm.act(
            "CLEAR",
            state_write.we.eq(1),
            state_write.dat_w.eq(0),
            NextValue(self._line, self._line + 1),
            If(self._index == lines - 1, NextState("ACCEPT")),
        )
        fsm.act("ACCEPT", *accept)
        fsm.act(
            "LOOKUP",
            *self._look,
            self._serve.eq(1),
            NextValue(self._ready, self._hit & ~self._store & ~self._ahead & self._readable),
            If(
                self._hit,
                If(self._ahead, NextState("ACCEPT"))
                .Elif(~self._store, NextState("SERVE"))
                .Elif(self._own, NextState("WAIT"))
                .Else(NextState("WRITE")),
            ).Else(NextState("MISS")),
        )
        fsm.act(
            "MISS",
            If(
                ~writer.busy & ~reader.busy & ~(self._ahead & self._old_dirty),
                tag_port.we.eq(1),
                writer.start.eq(~self._old_found & self._old_dirty),
                If(
                    self._fetch,
                    reader.start.eq(1),
                    state_write.we.eq(1),
                    state_write.dat_w.eq(
                        Cat(Replicate(1, words), self._old_dirty & self._old_found)
                    ),
                ),
                If(writer.start, NextState("CAPTURE"))
                .Elif(self._ahead, NextState("ACCEPT"))
                .Elif(self._fetch, NextState("WAIT"))
                .Else(NextState("WRITE")),
            ).Elif(self._ahead, NextState("ACCEPT")),
        )
        fsm.act(
            "CAPTURE",
            self._capturing.eq(1),
            NextValue(self._captured, self._captured + 1),
            If(
                self._captured == words - 1,
                If(self._fetch, NextState("WAIT")).Else(NextState("WRITE")),
            ),
        )
        fsm.act(
            "WAIT",
            If(~self._store, NextState("SERVE")).Elif(~reader.busy, NextState("WRITE")),
        )
        fsm.act(
            "WRITE",
            self._write.eq(1),
            state_write.we.eq(1),
            *accept,
        )
        fsm.act(
            "SERVE",
            self._serve.eq(1),
            bus.ack.eq(self._ready & asked),
            NextValue(self._ready, self._readable),
            If(
                self._ready,
                NextValue(self._offset, self._offset + 1),
                If(
                    last | ~asked,
                    NextValue(self._ready, 0),
                    NextValue(self._line, self._line + 1),
                    NextValue(self._ahead, 1),
                    NextState("AHEAD"),
                ),
            ).Elif(~asked, NextState("ACCEPT")),
        )
        fsm.act("AHEAD", NextState("LOOKUP"))
