"""The L2 cache of the SoC."""

from __future__ import annotations

from typing import Any

from litex.gen import LiteXModule
from litex.soc.interconnect import wishbone
from migen import Cat, If, Mux, Record, Signal, log2_int
from migen.genlib.fsm import FSM, NextState, NextValue

from soc.l2.directory import Directory
from soc.l2.evictor import Evictor
from soc.l2.line_reader import WORD, LineReader
from soc.l2.line_store import WORD_BYTES, LineStore
from soc.l2.line_writer import LineWriter


def request_layout(line_bits: int, offset_bits: int) -> list[tuple[str, int]]:
    """What the cache is at: a load of the words from `offset` on, or a store of one.

    ahead: our own, for the line behind the last one that was loaded.
    """
    return [
        ("line", line_bits),
        ("offset", offset_bits),
        ("store", 1),
        ("ahead", 1),
        ("data", WORD),
        ("bytes", WORD_BYTES),
    ]


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

    Others may read and write SDRAM beside the cache, between two flushes.  A flush writes back all
    lines that were written, and forgets all; the bus waits meanwhile.  It begins where a request
    would, once no line is on its way, and takes a cycle for each place and what it writes.

        ACCEPT ─ FORGET ┬ clean: next place ──────────────────┬ FLUSHED ─ ACCEPT
                        └ dirty: EXAMINE ─ EXPEL ─ EXPELLING ─┘

    Ports
    -----
    bus      Wishbone, 32 bits; bursts with rising addresses end at the end of a line
    flush    1  in   asked for; stays until `flushed`
    flushed  1  out  for one cycle: LiteDRAM has taken every line, and nothing is here

    Parameters
    ----------
    port          LiteDRAM native port
    size          bytes
    line_bytes    bytes of a line
    memory_bytes  bytes of main RAM, which lies at a multiple of its size

    Attributes
    ----------
    tags, state, data  memories of `Directory` and `LineStore`; a line that is on its way from SDRAM
                       counts as present
    """

    autocsr_exclude = {"tags", "state", "data"}  # LiteX would give the CPU a window on them

    def __init__(self, port: Any, size: int, line_bytes: int, memory_bytes: int) -> None:
        places, words = size // line_bytes, line_bytes // WORD_BYTES
        tag_bits = log2_int(memory_bytes // size)
        self.bus = wishbone.Interface(data_width=WORD, address_width=32, addressing="word")
        self.flush = Signal()
        self.flushed = Signal()

        # # #

        self.reader = LineReader(port, line_bytes)
        self.writer = LineWriter(port, line_bytes)
        self.directory = Directory(places, words, tag_bits)
        self.store = LineStore(self.reader, places, words)
        self.evictor = Evictor(self.writer, words)
        self.tags, self.state = self.directory.tags, self.directory.state
        self.data = self.store.memory

        self.request = Record(request_layout(log2_int(places) + tag_bits, log2_int(words)))
        for data in (self.request.offset, self.request.data, self.request.bytes):
            data.reset_less = True
        self.ready = Signal()  # a load's word is on the bus
        self._connect_port(port)
        self._connect_modules(places, words)
        self._run(places, words)
        self._forget(places)

    def _connect_port(self, port: Any) -> None:
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

    def _connect_modules(self, places: int, words: int) -> None:
        """Who works on the request, and on what its place held before."""
        request, directory, store = self.request, self.directory, self.store
        reader, writer, evictor = self.reader, self.writer, self.evictor
        index = request.line[: log2_int(places)]
        self.comb += [
            self.bus.dat_r.eq(store.data),
            directory.index.eq(index),
            directory.line.eq(request.line),
            directory.offset.eq(request.offset),
            directory.store.eq(request.store),
            directory.whole_word.eq(request.bytes == 2**WORD_BYTES - 1),
            # A store adds its word to those that are here.
            directory.present.eq(
                Mux(directory.fetch, 2**words - 1, directory.kept | (1 << request.offset))
            ),
            directory.dirty.eq(1),
            store.index.eq(index),
            store.offset.eq(request.offset),
            store.own.eq(reader.busy & (reader.line == request.line)),
            store.capture.eq(evictor.capture),
            store.captured.eq(evictor.captured),
            store.new.eq(request.data),
            store.bytes.eq(request.bytes),
            store.ready.eq(self.ready),
            reader.new_line.eq(request.line),
            reader.new_kept.eq(directory.kept),
            writer.line.eq(Cat(index, directory.place.tag)),
            evictor.start.eq(writer.start),
            evictor.present.eq(directory.place.present),
            evictor.data.eq(store.data),
        ]

    def _run(self, places: int, words: int) -> None:
        """The states."""
        request, directory = self.request, self.directory
        self.fsm = fsm = FSM(reset_state="CLEAR")
        fsm.act(
            "CLEAR",
            directory.write_state.eq(1),
            directory.present.eq(0),
            directory.dirty.eq(0),
            NextValue(request.line, request.line + 1),
            If(request.line[: log2_int(places)] == places - 1, NextState("ACCEPT")),
        )
        fsm.act("ACCEPT", *self._accept())
        fsm.act("LOOKUP", *self._look_up())
        fsm.act("MISS", *self._miss(words))
        fsm.act(
            "CAPTURE",
            If(
                self.evictor.last,
                If(directory.fetch, NextState("WAIT")).Else(NextState("WRITE")),
            ),
        )
        fsm.act(
            "WAIT",
            If(~request.store, NextState("SERVE")).Elif(~self.reader.busy, NextState("WRITE")),
        )
        fsm.act("WRITE", self.store.write.eq(1), directory.write_state.eq(1), *self._accept())
        fsm.act("SERVE", *self._serve(words))
        fsm.act("AHEAD", NextState("LOOKUP"))

    def _forget(self, places: int) -> None:
        """The states of a flush; `request.line` counts places."""
        request, directory, evictor = self.request, self.directory, self.evictor
        on = [
            directory.write_state.eq(1),
            directory.present.eq(0),
            directory.dirty.eq(0),
            NextValue(request.line, request.line + 1),
            If(
                request.line[: log2_int(places)] == places - 1,
                NextState("FLUSHED"),
            ).Else(NextState("FORGET")),
        ]
        # The tag is there in the cycle behind this one.
        self.fsm.act(
            "FORGET",
            If(
                ~self.reader.busy,
                If(directory.dirty_now, NextState("EXAMINE")).Else(*on),
            ),
        )
        self.fsm.act("EXAMINE", directory.look.eq(1), NextState("EXPEL"))
        self.fsm.act(
            "EXPEL",
            If(~self.writer.busy, self.writer.start.eq(1), NextState("EXPELLING")),
        )
        self.fsm.act("EXPELLING", If(evictor.last, *on))
        self.fsm.act("FLUSHED", If(~self.writer.busy, self.flushed.eq(1), NextState("ACCEPT")))

    def _accept(self) -> list:
        """Take the next request over; a store is acknowledged."""
        bus, request = self.bus, self.request
        line = bus.adr[len(request.offset) :]
        return [
            self.directory.index.eq(line),
            If(
                self.flush,
                NextValue(request.line, 0),
                NextState("FORGET"),
            )
            .Elif(
                bus.cyc & bus.stb,
                bus.ack.eq(bus.we),
                NextValue(request.line, line),
                NextValue(request.offset, bus.adr),
                NextValue(request.store, bus.we),
                NextValue(request.data, bus.dat_w),
                NextValue(request.bytes, bus.sel),
                NextValue(request.ahead, 0),
                NextState("LOOKUP"),
            )
            .Else(NextState("ACCEPT")),
        ]

    def _look_up(self) -> list:
        """Is it here?  A load's first word is read at the same time."""
        request, directory, store = self.request, self.directory, self.store
        served = directory.hit & ~request.store & ~request.ahead
        return [
            directory.look.eq(1),
            store.serve.eq(1),
            NextValue(self.ready, served & store.readable),
            If(
                directory.hit,
                If(request.ahead, NextState("ACCEPT"))
                .Elif(~request.store, NextState("SERVE"))
                .Elif(store.own, NextState("WAIT"))
                .Else(NextState("WRITE")),
            ).Else(NextState("MISS")),
        ]

    def _miss(self, words: int) -> list:
        """Give the place to the request's line: fetch it, evict what was there, or both."""
        request, directory, place = self.request, self.directory, self.directory.place
        reader, writer = self.reader, self.writer
        return [
            If(
                ~writer.busy & ~reader.busy & ~(request.ahead & place.dirty),
                directory.write_tag.eq(1),
                writer.start.eq(~place.found & place.dirty),
                If(
                    directory.fetch,
                    reader.start.eq(1),
                    directory.write_state.eq(1),
                    directory.present.eq(2**words - 1),
                    directory.dirty.eq(place.dirty & place.found),
                ),
                If(writer.start, NextState("CAPTURE"))
                .Elif(request.ahead, NextState("ACCEPT"))
                .Elif(directory.fetch, NextState("WAIT"))
                .Else(NextState("WRITE")),
            ).Elif(request.ahead, NextState("ACCEPT")),
        ]

    def _serve(self, words: int) -> list:
        """A word a cycle, to the end of the burst; then the next line is our own request."""
        bus, request, store = self.bus, self.request, self.store
        asked = bus.cyc & bus.stb
        last = (bus.cti != wishbone.CTI_BURST_INCREMENTING) | (request.offset == words - 1)
        return [
            store.serve.eq(1),
            bus.ack.eq(self.ready & asked),
            NextValue(self.ready, store.readable),
            If(
                self.ready,
                NextValue(request.offset, request.offset + 1),
                If(
                    last | ~asked,
                    NextValue(self.ready, 0),
                    NextValue(request.line, request.line + 1),
                    NextValue(request.ahead, 1),
                    NextState("AHEAD"),
                ),
            ).Elif(~asked, NextState("ACCEPT")),
        ]
