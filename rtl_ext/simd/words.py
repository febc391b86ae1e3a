"""Takes MAC instructions apart into words."""

from __future__ import annotations

from migen import If, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.simd.spec import Part
from compiler_intrinsics.simd.state import MacFlag

from ..cfu_bus import WORD
from .layouts import COMMAND, bits_for_index
from .patch import Patch

OFFER = [("valid", 1), ("word", WORD), ("last", 1), ("up", 1), ("dw", 1), ("skip", 1)]
"""A word for the MAC array.

last: it completes a result; up: the accumulators move up a byte before it; dw: it belongs to a
depthwise window; skip: it is not multiplied.
"""


class Words(Module):
    """Offers the words of an instruction, one after the other.

        command ──> rs1, then rs2 ─┬─> offer
                └─> Patch ─────────┘           a word per cycle, in the cycle of the command

    Ports:
        command  COMMAND  in   the instruction
        valid    1        in   it is there, and a MAC instruction
        restart  1        in   a new result begins: the patch as well
        taken    1        in   the offered word is taken
        offer    OFFER    out
        done     1        out  the instruction ends in this cycle
    """

    def __init__(self, geometry: Geometry):
        self.command = command = Record(COMMAND)
        self.valid = Signal()
        self.restart = Signal()
        self.taken = Signal()
        self.offer = offer = Record(OFFER)
        self.done = Signal()

        # # #

        self.submodules.patch = patch = Patch(geometry)
        replay, record = patch.replay, patch.record
        is_rep = Signal()
        second = Signal()  # rs2's turn
        word = Signal(WORD)
        last = Signal()
        final = Signal()
        self.comb += [
            is_rep.eq(command.part == Part.REP),
            word.eq(Mux(second, command.b, command.a)),
            last.eq(Mux(second, _flag(command, MacFlag.LAST1), _flag(command, MacFlag.LAST0))),
            final.eq(second | _flag(command, MacFlag.SINGLE)),
            offer.valid.eq(self.valid & ~(is_rep & replay.over)),
            offer.word.eq(Mux(is_rep, replay.word, word)),
            offer.last.eq(Mux(is_rep, replay.last, last)),
            offer.up.eq(~is_rep & ~second & _flag(command, MacFlag.UP)),
            offer.dw.eq(command.part == Part.DW),
            offer.skip.eq(offer.dw & _flag(command, MacFlag.SKIP)),
            self.done.eq(Mux(is_rep, self.valid & replay.over, self.taken & final)),
            patch.restart.eq(self.restart),
            record.write.eq(self.taken & (command.part == Part.DOT)),
            record.last.eq(last),
            record.word.eq(word),
            replay.count.eq(command.a),
            replay.step.eq(self.taken & is_rep),
            replay.finish.eq(self.done & is_rep),
        ]
        self.sync += If(self.taken & ~is_rep, second.eq(~final))


def _flag(command: Record, flag: MacFlag):
    """Whether a flag is set in an instruction."""
    return command.funct7[bits_for_index(flag)]
