"""The unit's one way to main RAM, and the windows that it leads into."""

from __future__ import annotations

from functools import reduce
from operator import or_

from migen import Cat, If, Module, Record, Signal
from migen.genlib.fifo import SyncFIFO
from migen.genlib.record import DIR_M_TO_S, DIR_S_TO_M

from compiler_intrinsics.command_set import WORD_BITS, WORD_BYTES
from compiler_intrinsics.stream.commands import WINDOW_BIT, Window

from ..unit_memory import ADDRESS_BITS, UNIT_MEMORY
from .layouts import bits_for_index

READS = 16
"""Reads that may be under way: what a 64-bit DDR3 needs for half a word per cycle."""

GATE_PORT = [
    ("valid", 1, DIR_M_TO_S),
    ("ready", 1, DIR_S_TO_M),
    ("write", 1, DIR_M_TO_S),
    ("address", WINDOW_BIT + 1, DIR_M_TO_S),
    ("data", WORD_BITS, DIR_M_TO_S),
    ("mask", WORD_BYTES, DIR_M_TO_S),
    ("answer_valid", 1, DIR_S_TO_M),
    ("answer", WORD_BITS, DIR_S_TO_M),
    ("refused", 1, DIR_S_TO_M),
    ("written", 1, DIR_S_TO_M),
]
"""From who wants a word of main RAM, the master.

    valid         1   an access is wanted; it may be withdrawn
    ready         1   it is taken in this cycle
    write         1   else a read
    address       32  as in commands: window and offset in bytes
    data          64  to be written
    mask          8   a bit for each byte that is
    answer_valid  1   a read is answered, in order; it cannot wait
    answer        64  with it
    refused       1   the access that was taken last does not happen: it lies outside its window or
                      main RAM, is no multiple of 8, or would write what may only be read
    written       1   the write that was taken last is on its way, before all that follow
"""

WINDOW = [("base", ADDRESS_BITS), ("size", ADDRESS_BITS)]
"""In words of 8 bytes."""

WORD_SHIFT = bits_for_index(WORD_BYTES)


class Gate(Module):
    """Lets one access through in each cycle; who comes first in `masters` goes first.

        masters ──> arbiter ──> | access ──> memory.cmd
                    windows ──┘    └ order ──> (whose answer memory.rdata is)

    Latency: a cycle on the way there, none on the way back.

    Parameters:
        count: number of masters.

    Ports:
        masters  count x GATE_PORT  slave
        windows  2 x WINDOW         in   by the numbers of `Window`
        memory   UNIT_MEMORY        master; the two of a flush belong to others
        idle     1                  out  no access is under way
    """

    def __init__(self, count: int):
        self.masters = [Record(GATE_PORT, name=f"master{n}") for n in range(count)]
        self.windows = [Record(WINDOW, name=f"window{n}") for n in range(len(Window))]
        self.memory = Record(UNIT_MEMORY)
        self.idle = Signal()

        # # #

        self.access = Record(
            [("valid", 1), ("refused", 1), ("write", 1), ("owner", count), ("beyond", 1)]
        )
        self.refused = Signal()  # `access` is
        self.free = Signal()  # `access` is empty, or leaves
        self.submodules.order = order = SyncFIFO(count, READS)
        self._choose()
        self._send(order)
        self.comb += self.idle.eq(~self.access.valid & ~order.readable)
        for number, master in enumerate(self.masters):
            self.comb += [
                master.answer_valid.eq(self.memory.rdata.valid & order.dout[number]),
                master.answer.eq(self.memory.rdata.data),
            ]

    def _choose(self) -> None:
        """The first who wants something, and whether it may have it."""
        access, cmd = self.access, self.memory.cmd
        for field in (access.refused, access.write, access.owner, access.beyond):
            field.reset_less = True
        chosen = Record(GATE_PORT[:6], name="chosen")
        owner = Signal(len(self.masters))
        others = Signal(len(self.masters))  # somebody before this one wants something
        for number, master in enumerate(self.masters):
            first = master.valid & ~others[number]
            earlier = [other.valid for other in self.masters[:number]]
            self.comb += [
                others[number].eq(reduce(or_, earlier, 0)),
                owner[number].eq(first),
                master.ready.eq(self.free & first),
                If(first, *(getattr(chosen, name).eq(getattr(master, name)) for name in _WANTED)),
            ]
        image, arena = (self.windows[window] for window in (Window.IMAGE, Window.ARENA))
        in_arena = chosen.address[WINDOW_BIT]
        offset = chosen.address[WORD_SHIFT:WINDOW_BIT]
        window = Record(WINDOW, name="window")
        self.comb += [
            window.eq(image),
            If(in_arena, window.eq(arena)),
        ]
        self.sync += If(
            self.free,
            access.valid.eq(owner != 0),
            access.owner.eq(owner),
            access.write.eq(chosen.write),
            access.refused.eq(
                (chosen.address[:WORD_SHIFT] != 0)
                | (offset >= window.size)
                | (chosen.write & ~in_arena)
            ),
            Cat(cmd.address, access.beyond).eq(window.base + offset),
            cmd.data.eq(chosen.data),
            cmd.mask.eq(chosen.mask),
        )

    def _send(self, order: SyncFIFO) -> None:
        """What may be goes on to memory; the answers to reads come in their order."""
        access, cmd = self.access, self.memory.cmd
        for field in (cmd.address, cmd.data, cmd.mask):
            field.reset_less = True
        leaves = Signal()
        room = access.write | order.writable
        self.comb += [
            self.refused.eq(access.refused | access.beyond | cmd.outside),
            cmd.valid.eq(access.valid & ~self.refused & room),
            cmd.write.eq(access.write),
            leaves.eq(access.valid & (self.refused | (cmd.ready & room))),
            self.free.eq(~access.valid | leaves),
            order.din.eq(access.owner),
            order.we.eq(leaves & ~self.refused & ~access.write),
            order.re.eq(self.memory.rdata.valid),
        ]
        for number, master in enumerate(self.masters):
            mine = leaves & access.owner[number]
            self.comb += [
                master.refused.eq(mine & self.refused),
                master.written.eq(mine & ~self.refused & access.write),
            ]


_WANTED = ("write", "address", "data", "mask")
