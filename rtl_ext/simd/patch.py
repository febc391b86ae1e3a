"""The words of the last result, which `rep` replays."""

from __future__ import annotations

from migen import If, Memory, Module, Record, Signal

from compiler_intrinsics.simd.geometry import REP_COUNT_BITS, Geometry

from ..cfu_bus import WORD
from ..stage import around
from .layouts import bits_for_index


class Patch(Module):
    """Records the words of the result in the making; replays those of the finished one.

        record.word ──> LUT RAM ──> replay.word, in the same cycle

    A patch of more words than there is room for goes round, modulo `patch_words`.

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
        read = memory.get_port(async_read=True)
        self.specials += memory, write, read

        width = bits_for_index(geometry.patch_words)
        length = Signal(width)
        finished = Signal(width)  # the finished patch's last word
        position = Signal(width)
        turn = Signal(REP_COUNT_BITS)
        self.comb += [
            write.adr.eq(length),
            write.dat_w.eq(record.word),
            write.we.eq(record.write),
            read.adr.eq(position),
            replay.word.eq(read.dat_r),
            replay.last.eq(position == finished),
            replay.over.eq(turn == replay.count),
        ]
        self.sync += [
            If(self.restart, length.eq(0)).Elif(
                record.write,
                length.eq(length + 1),
                If(record.last, length.eq(0), finished.eq(length)),
            ),
            If(
                replay.step,
                position.eq(around(position, finished)),
                If(replay.last, turn.eq(turn + 1)),
            ),
            If(replay.finish, turn.eq(0)),
        ]
