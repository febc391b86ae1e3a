"""Which lines the L2 has, and which of their words."""

from __future__ import annotations

from litex.gen import LiteXModule
from migen import NO_CHANGE, Array, If, Memory, Record, Replicate, Signal, log2_int


class Directory(LiteXModule):
    """Tags and states of all places, and what they say about a request.

        index ──> tags  ──> | ─┐
        line  ──> state ───────┴> found, hit ──> | place

    Latency: `found` and `hit` are there one cycle after `index`, `place` and `fetch` one later.

    Ports, with w words in a line, i bits of a place's number, n of a line's (tag and place)
    -----
    index        i      in   whose tag the next cycle shows or `write_tag` writes
    line         n      in   number of the request's line
    offset       log w  in   the word of a store
    store        1      in   the request is a store, else a load of the whole line
    whole_word   1      in   it writes all bytes of its word
    found        1      out  the line has its place, with some words at least
    hit          1      out  the request can be served at once
    look         1      in   take `place` and `fetch` over
    place        PLACE  out  register: what the place held when it was looked at
    fetch        1      out  register: the request needs words from SDRAM
    dirty_now    1      out  the place of `line` holds words that SDRAM does not have
    kept         w      out  words of the request's line that are here, by `place`
    write_tag    1      in   the place is the request's line's from now on
    write_state  1      in   and has these words:
    present      w      in   a bit for each word
    dirty        1      in   some of them were written

    PLACE: {tag, found, dirty, present} with found: it was the request's line.

    Attributes
    ----------
    tags   Memory, one entry a place: number of the line in main RAM divided by the number of places
    state  Memory, one entry a place: {dirty, present}; no bit set: a free place
    """

    autocsr_exclude = {"tags", "state"}  # LiteX would give the CPU a window on them

    def __init__(self, places: int, words: int, tag_bits: int) -> None:
        index_bits = log2_int(places)
        self.index = Signal(index_bits)
        self.line = Signal(index_bits + tag_bits)
        self.offset = Signal(log2_int(words))
        self.store = Signal()
        self.whole_word = Signal()
        self.found = Signal()
        self.hit = Signal()
        self.look = Signal()
        self.place = Record([("tag", tag_bits), ("found", 1), ("dirty", 1), ("present", words)])
        self.fetch = Signal()
        self.dirty_now = Signal()
        self.kept = Signal(words)
        self.write_tag = Signal()
        self.write_state = Signal()
        self.present = Signal(words)
        self.dirty = Signal()
        self.tags = Memory(tag_bits, places)
        self.state = Memory(words + 1, places)

        # # #

        # One port for the tags: what could meet there lies in different cycles.
        tag_port = self.tags.get_port(write_capable=True, mode=NO_CHANGE)
        state_read = self.state.get_port(async_read=True)
        state_write = self.state.get_port(write_capable=True)
        self.specials += self.tags, self.state, tag_port, state_read, state_write

        place = self.place
        for signal in place.flatten():
            signal.reset_less = True
        present = state_read.dat_r[:words]
        index, tag = self.line[:index_bits], self.line[index_bits:]
        self.comb += [
            tag_port.adr.eq(self.index),
            tag_port.dat_w.eq(tag),
            tag_port.we.eq(self.write_tag),
            state_read.adr.eq(index),
            state_write.adr.eq(index),
            state_write.dat_w[:words].eq(self.present),
            state_write.dat_w[words].eq(self.dirty),
            state_write.we.eq(self.write_state),
            self.dirty_now.eq(state_read.dat_r[words]),
            self.found.eq((tag_port.dat_r == tag) & (present != 0)),
            If(
                self.store,
                self.hit.eq(self.found & (self.whole_word | Array(present)[self.offset])),
            ).Else(self.hit.eq(self.found & (present == 2**words - 1))),
            self.kept.eq(place.present & Replicate(place.found, words)),
        ]
        self.sync += If(
            self.look,
            place.tag.eq(tag_port.dat_r),
            place.found.eq(self.found),
            place.dirty.eq(state_read.dat_r[words]),
            place.present.eq(present),
            self.fetch.eq(~self.hit & ~(self.store & self.whole_word)),
        )
