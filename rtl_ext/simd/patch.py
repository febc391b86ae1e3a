"""The words of the last result, which `rep` replays."""

from __future__ import annotations

from migen import READ_FIRST, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import REP_COUNT_BITS, Geometry

from ..cfu_bus import WORD
from ..stage import around
from .layouts import bits_for_index


class Patch(Module):
    """Records the words of the result in the making; replays those of the finished one.

        record.word ──> RAM ──> the word behind the current one ─┬─> replay.word
                  └──> | held: the current one, or word 0 ──────┘

    A patch of more words than there is room for goes round, modulo `patch_words`.  The RAM is read
    a cycle ahead, always behind the current word, so that its address does not wait for whether
    that one is taken: this was the longest path of the unit.  Between replays the current word is
    the first one, which is held as it is recorded.

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
        replay.over    1   out  there were `count` turns; no word is to be taken
    """

    def __init__(self, geometry: Geometry):
        self.restart = Signal()
        self.record = record = Record([("write", 1), ("last", 1), ("word", WORD)])
        self.replay = replay = Record(
            [("step", 1), ("finish", 1), ("count", REP_COUNT_BITS)]
            + [("word", WORD), ("last", 1), ("over", 1)]
        )

        # # #

        memory = Memory(WORD, geometry.patch_words)
        write = memory.get_port(write_capable=True)
        read = memory.get_port(mode=READ_FIRST)
        self.specials += memory, write, read

        width = bits_for_index(geometry.patch_words)
        length = Signal(width)
        finished = Signal(width)  # the finished patch's last word
        position = Signal(width)
        turn = Signal(REP_COUNT_BITS)
        behind = Signal(width)  # the place behind it
        stepped = Signal()
        held = Signal(WORD, reset_less=True)
        self.comb += [
            behind.eq(around(position, finished)),
            write.adr.eq(length),
            write.dat_w.eq(record.word),
            write.we.eq(record.write),
            read.adr.eq(behind),
            replay.word.eq(Mux(stepped, read.dat_r, held)),
            replay.last.eq(position == finished),
            replay.over.eq(turn == replay.count),
        ]
        self.sync += [
            stepped.eq(replay.step),
            held.eq(Mux(record.write & (length == 0), record.word, replay.word)),
            If(self.restart, length.eq(0)).Elif(
                record.write,
                length.eq(length + 1),
                If(record.last, length.eq(0), finished.eq(length)),
            ),
            If(replay.step, position.eq(behind)),
            If(replay.step & replay.last, turn.eq(turn + 1)),
            If(replay.finish, turn.eq(0)),
        ]
