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
    - a store is acknowledged at once and done behind the CPU's back;
    - each word has a `present` bit, so that a line that is only written is never fetched;
    - an evicted line goes to SDRAM behind the fetch of the line that takes its place.

    Cycles from request to first acknowledge: store 0, load 2 (hit).

        ACCEPT ─ LOOKUP ┬ hit ────────────────────────────────┬ SERVE  load: a word a cycle
                        └ MISS ┬───────────────────────┬──────┤
                               └ CAPTURE evicted line ─┴ FILL ┴ WRITE  store, and ACCEPT's work

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
    state  Memory, one entry a line: {dirty, present bits of the words}; no bit set: a free line
    data   Memory, the words of all lines
    """

    autocsr_exclude = {"tags", "state", "data"}  # LiteX would give the CPU a window on them

    def __init__(self, port: Any, size: int, line_bytes: int, memory_bytes: int) -> None:
        lines = size // line_bytes
        words = line_bytes // WORD_BYTES
        offset_bits, index_bits = log2_int(words), log2_int(lines)
        tag_bits = log2_int(memory_bytes // size)
        all_present = 2**words - 1

        self.bus = bus = wishbone.Interface(data_width=WORD, address_width=32, addressing="word")
        self.tags = tags = Memory(tag_bits, lines)
        self.state = state = Memory(words + 1, lines)
        self.data = data = Memory(WORD, lines * words)

        # # #

        self.reader = reader = LineReader(port, line_bytes)
        self.writer = writer = LineWriter(port, line_bytes)
        self._connect(port)

        # One port each for tags and data: what could meet there lies in different cycles.
        tag_port = tags.get_port(write_capable=True, mode=NO_CHANGE)
        data_port = data.get_port(write_capable=True, we_granularity=8)  # shows what it writes
        state_read = state.get_port(async_read=True)
        state_write = state.get_port(write_capable=True)
        self.specials += tags, state, data, tag_port, data_port, state_read, state_write

        # The request.
        asked = Signal()
        request = Signal(offset_bits + index_bits + tag_bits)
        line = request[offset_bits:]
        offset, index, tag = Signal(offset_bits), line[:index_bits], line[index_bits:]
        store, store_data, store_bytes = Signal(), Signal(WORD), Signal(WORD_BYTES)
        whole_word = Signal()
        self.comb += [
            asked.eq(bus.cyc & bus.stb),
            whole_word.eq(store_bytes == 2**WORD_BYTES - 1),
        ]

        # What LOOKUP finds at its place.
        found, present, hit = Signal(), Signal(words), Signal()
        old_tag, old_dirty, old_present, old_found = (
            Signal(tag_bits),
            Signal(),
            Signal(words),
            Signal(),
        )
        kept = Signal(words)  # words of the line that are here
        fetch = Signal()
        self.comb += [
            present.eq(state_read.dat_r[:words]),
            found.eq((tag_port.dat_r == tag) & (present != 0)),
            If(
                store,
                hit.eq(found & (whole_word | Array(present)[offset])),
            ).Else(hit.eq(found & (present == all_present))),
            kept.eq(old_present & Replicate(old_found, words)),
            state_read.adr.eq(index),
            state_write.adr.eq(index),
            tag_port.adr.eq(bus.adr[offset_bits:]),
            tag_port.dat_w.eq(tag),
        ]

        # Words that have come from SDRAM; all of them when no line is on its way.
        filled = Signal(offset_bits + 1, reset=words)
        filling, fetched = Signal(), Signal()
        capturing = Signal()
        self.comb += [
            filling.eq(filled != words),
            fetched.eq(reader.source.valid & ~capturing),
            reader.source.ready.eq(~capturing),
            reader.line.eq(line),
        ]
        self.sync += If(fetched, filled.eq(filled + 1))

        # An evicted word leaves the data memory one cycle after its address.
        captured = Signal(offset_bits)
        captured_present = Signal()
        self.sync += [
            writer.sink.valid.eq(capturing),
            captured_present.eq(Array(old_present)[captured]),
        ]
        self.comb += [
            writer.line.eq(Cat(index, old_tag)),
            writer.hold.eq(reader.cmd.valid),
            writer.sink.data.eq(data_port.dat_r),
            writer.sink.we.eq(Replicate(captured_present, WORD_BYTES)),
        ]

        # Loads: `ready` says that the data port shows the word at `offset`.
        ready, last, readable = Signal(), Signal(), Signal()
        read_offset = Signal(offset_bits)
        self.comb += [
            last.eq((bus.cti != wishbone.CTI_BURST_INCREMENTING) | (offset == words - 1)),
            read_offset.eq(offset + ready),
            readable.eq(Mux(fetched, filled == read_offset, filled > read_offset)),
            bus.dat_r.eq(data_port.dat_r),
        ]

        # The data memory's port: a word from SDRAM goes first.
        place = Signal(offset_bits)
        write = Signal()
        self.comb += [
            data_port.adr.eq(Cat(place, index)),
            place.eq(read_offset),
            data_port.dat_w.eq(store_data),
            If(capturing, place.eq(captured)),
            If(write, place.eq(offset), data_port.we.eq(store_bytes)),
            If(
                fetched,
                place.eq(filled),
                data_port.dat_w.eq(reader.source.data),
                data_port.we.eq(Replicate(~Array(kept)[filled[:offset_bits]], WORD_BYTES)),
            ),
        ]

        accept = If(
            asked & ~filling,
            bus.ack.eq(bus.we),
            NextValue(request, bus.adr),
            NextValue(offset, bus.adr),
            NextValue(store, bus.we),
            NextValue(store_data, bus.dat_w),
            NextValue(store_bytes, bus.sel),
            NextState("LOOKUP"),
        ).Else(NextState("ACCEPT"))

        self.fsm = fsm = FSM(reset_state="CLEAR")
        fsm.act(
            "CLEAR",
            state_write.we.eq(1),
            NextValue(line, line + 1),
            If(index == lines - 1, NextState("ACCEPT")),
        )
        fsm.act("ACCEPT", accept)
        fsm.act(
            "LOOKUP",
            NextValue(old_tag, tag_port.dat_r),
            NextValue(old_dirty, state_read.dat_r[words]),
            NextValue(old_present, present),
            NextValue(old_found, found),
            NextValue(fetch, ~hit & ~(store & whole_word)),
            NextValue(ready, hit & ~store),
            If(hit, If(store, NextState("WRITE")).Else(NextState("SERVE"))).Else(NextState("MISS")),
        )
        fsm.act(
            "MISS",
            If(
                ~writer.busy,
                tag_port.adr.eq(index),
                tag_port.we.eq(1),
                writer.start.eq(~old_found & old_dirty),
                If(
                    fetch,
                    reader.start.eq(1),
                    NextValue(filled, 0),
                    state_write.we.eq(1),
                    state_write.dat_w.eq(Cat(Replicate(1, words), old_dirty & old_found)),
                ),
                If(writer.start, NextState("CAPTURE"))
                .Elif(fetch, NextState("FILL"))
                .Else(NextState("WRITE")),
            ),
        )
        fsm.act(
            "CAPTURE",
            capturing.eq(1),
            NextValue(captured, captured + 1),
            If(captured == words - 1, If(fetch, NextState("FILL")).Else(NextState("WRITE"))),
        )
        fsm.act(
            "FILL",
            If(~store, NextState("SERVE")).Elif(~filling, NextState("WRITE")),
        )
        fsm.act(
            "WRITE",
            write.eq(1),
            state_write.we.eq(1),
            state_write.dat_w.eq(Cat(Mux(fetch, all_present, kept | (1 << offset)), 1)),
            accept,
        )
        fsm.act(
            "SERVE",
            bus.ack.eq(ready & asked),
            NextValue(ready, readable),
            If(
                ready,
                NextValue(offset, offset + 1),
                If(last | ~asked, NextValue(ready, 0), NextState("ACCEPT")),
            ).Elif(~asked, NextState("ACCEPT")),
        )

    def _connect(self, port: Any) -> None:
        """Reader and writer take turns: no command of one is pending when the other begins."""
        reader, writer = self.reader, self.writer
        self.comb += [
            port.cmd.valid.eq(reader.cmd.valid | writer.cmd.valid),
            port.cmd.we.eq(~reader.cmd.valid),
            port.cmd.addr.eq(Mux(reader.cmd.valid, reader.cmd.address, writer.cmd.address)),
            reader.cmd.ready.eq(port.cmd.ready),
            writer.cmd.ready.eq(port.cmd.ready),
            writer.wdata.connect(port.wdata),
            port.rdata.connect(reader.rdata),
        ]
