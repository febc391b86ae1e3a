"""The words of the last result, which `rep` replays."""

from __future__ import annotations

from migen import READ_FIRST, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import REP_COUNT_BITS, Geometry

from ..cfu_bus import WORD
from ..stage import around
from .layouts import bits_for_index

LUT_RAM_WORDS = 64
"""The largest patch in LUT RAM.  Beyond, a block RAM is cheaper: 256 words in LUT RAM take 960 LUT
more than 64 do."""


class Patch(Module):
    """Records the words of the result in the making; replays those of the finished one.

        record.word ──> RAM ──> replay.word, in the same cycle

    A patch of more words than there is room for goes round, modulo `patch_words`.  Block RAM is
    read a cycle ahead, so that nothing can be replayed in the cycle behind the one that records a
    word; behind a patch's last one the array would wait anyway (`ResultGate`).

    Ports:
        restart        1   in   the next word recorded is a patch's first
        record.write   1   in   a word of the result in the making
        record.last    1   in   it is the result's last, so the patch is finished
        record.word    32  in
        replay.step    1   in   on to the next word
        replay.finish  1   in   forget how many turns there were
        replay.count   6   in   turns wanted
        replay.word    32  out  the current word
        replay.last    1   out  it is the patch's last
        replay.ready   1   out  the current word is there
        replay.over    1   out  there were `count` turns; no word is to be taken
    """

    def __init__(self, geometry: Geometry):
        self.restart = Signal()
        self.record = record = Record([("write", 1), ("last", 1), ("word", WORD)])
        self.replay = replay = Record(
            [("step", 1), ("finish", 1), ("count", REP_COUNT_BITS)]
            + [("word", WORD), ("last", 1), ("ready", 1), ("over", 1)]
        )

        # # #

        memory = Memory(WORD, geometry.patch_words)
        write = memory.get_port(write_capable=True)
        ahead = geometry.patch_words > LUT_RAM_WORDS
        read = memory.get_port(mode=READ_FIRST) if ahead else memory.get_port(async_read=True)
        self.specials += memory, write, read

        width = bits_for_index(geometry.patch_words)
        length = Signal(width)
        finished = Signal(width)  # the finished patch's last word
        position = Signal(width)
        turn = Signal(REP_COUNT_BITS)
        behind = Signal(width)  # position in the next cycle
        self.comb += [
            behind.eq(Mux(replay.step, around(position, finished), position)),
            write.adr.eq(length),
            write.dat_w.eq(record.word),
            write.we.eq(record.write),
            read.adr.eq(behind if ahead else position),
            replay.word.eq(read.dat_r),
            replay.last.eq(position == finished),
            replay.over.eq(turn == replay.count),
        ]
        if ahead:
            written = Signal()
            self.sync += written.eq(record.write)
            self.comb += replay.ready.eq(~written)
        else:
            self.comb += replay.ready.eq(1)
        self.sync += [
            If(self.restart, length.eq(0)).Elif(
                record.write,
                length.eq(length + 1),
                If(record.last, length.eq(0), finished.eq(length)),
            ),
            position.eq(behind),
            If(replay.step & replay.last, turn.eq(turn + 1)),
            If(replay.finish, turn.eq(0)),
        ]
