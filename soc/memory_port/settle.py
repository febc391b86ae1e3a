"""Waits until what the CPU has stored is on its way no more."""

from __future__ import annotations

from litex.gen import LiteXModule
from litex.soc.interconnect import wishbone
from migen import If, Signal

QUIET_CYCLES = 8
"""A CPU that has sent nothing for so long has nothing to send: a store is in VexRiscv's pipeline,
which takes two cycles behind a load that was waited for, or in one of two registers behind it."""

STORES = 4
"""And more than so many cannot be there; they leave in order.  So a CPU that goes on storing keeps
nobody waiting."""


class Settle(LiteXModule):
    """Passes a unit's flush on when all stores have arrived that the CPU executed before it.

    VexRiscv counts a store as done when it is in a register on the way to the bus; the custom
    instruction behind it is faster.

    Ports:
        flush    1  in   from the unit, until it is answered
        settled  1  out  the same, later
    """

    def __init__(self, bus: wishbone.Interface) -> None:
        self.flush = Signal()
        self.settled = Signal()

        # # #

        quiet = Signal(max=QUIET_CYCLES + 1)
        stores = Signal(max=STORES + 1)
        self.comb += self.settled.eq(self.flush & ((quiet == QUIET_CYCLES) | (stores == STORES)))
        self.sync += If(~self.flush, quiet.eq(0), stores.eq(0)).Elif(
            ~self.settled,
            quiet.eq(quiet + 1),
            If(bus.cyc, quiet.eq(0)),
            If(bus.cyc & bus.stb & bus.ack & bus.we, stores.eq(stores + 1)),
        )
