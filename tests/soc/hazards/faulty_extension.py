"""A stand-in for the extension that makes mistakes on request, to show that the tests see them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from migen import Case, If, Module, Mux, Record, Signal

from rtl_ext.cfu_bus import CFU_BUS
from rtl_ext.top import CfuUnit, Extension

ORDER_FUNCTION_ID = 127 << 3 | 7
"""Encoding that `frame.S` sends first, with the order in rs1; not one of the extension's own."""

PAUSE = 12
"""Cycles without a command; loads that miss, jumps and interrupts leave such holes."""


class Fault(IntEnum):
    """What the stand-in does wrong."""

    NONE = 0
    TWICE_AFTER_PAUSE = 1
    LOST_AFTER_PAUSE = 2
    TWICE_AFTER_WAIT = 3
    UNREADY_WHEN_IDLE = 4
    """No mistake on a bus, but VexRiscv's port then repeats commands behind divisions."""


class FaultyExtension(Module):
    """The extension behind a gate that repeats, drops or passes on commands.

    bus: `CFU_BUS`, seen from the CPU, ready whenever no command is there.
    units: the extension's.
    """

    def __init__(self, units: Sequence[CfuUnit]):
        self.bus = bus = Record(CFU_BUS)

        # # #

        self.submodules.extension = extension = Extension(units)
        self.units = extension.units
        inner = extension.bus
        order = Signal(max=len(Fault))
        idle = Signal(max=PAUSE + 1)
        waited = Signal()
        twice, lost = Signal(), Signal()
        again = Signal()  # the held command is to be executed once more
        swallow = Signal()  # and this is its second answer
        ghost = Signal()  # the answer of a lost command
        held = Record(CFU_BUS[0][1][2][1])
        ready, accept = Signal(), Signal()
        self.comb += [
            Case(
                order,
                {
                    Fault.TWICE_AFTER_PAUSE: twice.eq(idle == PAUSE),
                    Fault.LOST_AFTER_PAUSE: lost.eq(idle == PAUSE),
                    Fault.TWICE_AFTER_WAIT: twice.eq(waited),
                },
            ),
            inner.cmd.valid.eq(again | (bus.cmd.valid & ~lost)),
            ready.eq(~again & Mux(lost, ~inner.rsp.valid | bus.rsp.ready, inner.cmd.ready)),
            bus.cmd.ready.eq(
                Mux(order == Fault.UNREADY_WHEN_IDLE, bus.cmd.valid & ready, ~bus.cmd.valid | ready)
            ),
            accept.eq(bus.cmd.valid & ready),
            bus.rsp.valid.eq((inner.rsp.valid & ~swallow) | ghost),
            inner.rsp.ready.eq(bus.rsp.ready | swallow),
            bus.rsp.payload.outputs_0.eq(Mux(ghost, 0, inner.rsp.payload.outputs_0)),
        ]
        for name in ("function_id", "inputs_0", "inputs_1"):
            now, then = getattr(bus.cmd.payload, name), getattr(held, name)
            self.comb += getattr(inner.cmd.payload, name).eq(Mux(again, then, now))
            self.sync += If(accept, then.eq(now))
        self.sync += [
            waited.eq(bus.cmd.valid & ~ready),
            If(accept, idle.eq(0)).Elif(idle != PAUSE, idle.eq(idle + 1)),
            If(accept & twice, again.eq(1)).Elif(inner.cmd.ready, again.eq(0)),
            swallow.eq(again & inner.cmd.ready),
            If(accept & lost, ghost.eq(1)).Elif(bus.rsp.ready, ghost.eq(0)),
            If(
                accept & (bus.cmd.payload.function_id == ORDER_FUNCTION_ID),
                order.eq(bus.cmd.payload.inputs_0),
            ),
        ]


FAULTY = f"{__name__}:FaultyExtension"
"""For `SocConfig.top`."""
