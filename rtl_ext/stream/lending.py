"""Whose the lanes are: those of the commands, or lent to another unit."""

from __future__ import annotations

from migen import If, Module, Signal


class Lending(Module):
    """Who has something to multiply gets the lanes when nothing of the other is under way any more.

        lent ── commands have steps, no word waits, quiet ──> own
        own ─── nothing under way, and a word waits or there is no command ──> lent

    The other unit goes first, since the CPU may stand still for it, while a command may go on for
    any number of steps: a word that waits pauses them.

    Ports:
        wants      1  in   the other unit has a word that it would take now
        quiet      1  in   nothing of the other unit is under way
        busy       1  in   there is a command
        under_way  1  in   steps or results of commands are
        lent       1  out  register: the other unit has the lanes, and may take words
        pause      1  out  take no step in this cycle
    """

    def __init__(self):
        self.wants = Signal()
        self.quiet = Signal()
        self.busy = Signal()
        self.under_way = Signal()
        self.lent = Signal(reset=1)
        self.pause = Signal()

        # # #

        # A register, since what follows from `pause` is long; a word that waits goes on waiting.
        waiting = Signal()
        self.comb += self.pause.eq(self.lent | waiting)
        self.sync += [
            waiting.eq(self.wants),
            If(self.lent, self.lent.eq(~self.busy | self.wants | ~self.quiet)).Else(
                self.lent.eq(~self.under_way & (waiting | ~self.busy))
            ),
        ]
