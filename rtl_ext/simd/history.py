"""The two words before the current one, for each row of a depthwise window."""

from __future__ import annotations

from migen import Cat, If, Memory, Module, Replicate, Signal

from compiler_intrinsics.simd.geometry import Geometry

from ..cfu_bus import WORD
from .layouts import bits_for_index


class History(Module):
    """Shift registers of two words, one for each row, in block RAM or in LUT RAM.

        row ──> RAM ──────────> | stored ──┬─> previous, before ─┐
                 └─ what is pushed ────────│─────────────────────┴─ word
                          └─────> | pushed ┘

    A row is looked up in the cycle before its word comes, and pushed in the cycle of that word.
    Where the next look-up is of the same row already, the RAM is not read: what is pushed is kept.

    Parameters:
        in_blocks: two block RAMs, else some 500 LUTs for 64 rows.

    Ports, with n = log2(rows):
        row       n   in   the row of the next cycle
        look      1   in   its history is wanted then
        shift     1   in   push `word` into the row that was asked for a cycle ago
        word      32  in
        previous  32  out  that row's last word; 0 where it was not wanted
        before    32  out  the one before it; likewise
    """

    def __init__(self, geometry: Geometry, in_blocks: bool = True):
        self.row = Signal(bits_for_index(geometry.rows))
        self.look = Signal()
        self.shift = Signal()
        self.word = Signal(WORD)
        self.previous = Signal(WORD)
        self.before = Signal(WORD)

        # # #

        memory = Memory(2 * WORD, geometry.rows)
        write = memory.get_port(write_capable=True)
        read = memory.get_port(async_read=True)
        self.specials += memory, write, read
        here = Signal(len(self.row), reset_less=True)
        again = Signal()
        stored = Signal(2 * WORD, reset_less=True)
        pushed = Signal(2 * WORD, reset_less=True)
        self.comb += [
            again.eq(self.shift & (self.row == here)),
            read.adr.eq(self.row),
            Cat(self.before, self.previous).eq(stored | pushed),
            write.adr.eq(here),
            write.dat_w.eq(Cat(self.previous, self.word)),
            write.we.eq(self.shift),
        ]
        self.sync += here.eq(self.row)
        if in_blocks:
            # The register of what is read becomes the RAM's own, its reset too.
            self.sync += [
                If(self.look & ~again, stored.eq(read.dat_r)).Else(stored.eq(0)),
                If(self.look & again, pushed.eq(write.dat_w)).Else(pushed.eq(0)),
            ]
        else:
            # What is masked behind the RAM cannot be its own register, which a choice still can.
            old, new = (Replicate(self.look & one, 2 * WORD) for one in (~again, again))
            self.sync += stored.eq((read.dat_r & old) | (write.dat_w & new))
