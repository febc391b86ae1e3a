"""The extension: the custom-function port and the units behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from migen import Module, Record, Signal

from .cfu_port import CfuPort


class CfuUnit(Protocol):
    """What a Migen module must have to be a unit.

    port          `UNIT_PORT`, seen from the port
    function_ids  the encodings that it owns
    events        what can be counted of it: name -> a signal, high in the cycles that count

    A unit that reads and writes main RAM by itself has in addition

    memory       `rtl_ext.unit_memory.UNIT_MEMORY`, as master

    One that has multipliers to lend, and one that can do without its own, have

    lend()        an `rtl_ext.simd.arithmetic_port.ARITHMETIC_PORT` as lender, None if it cannot
    borrow(port)  use what is behind the port
    """

    port: Record
    function_ids: frozenset[int]
    events: Mapping[str, Signal]


class Extension(Module):
    """Everything that the CPU's custom instructions reach.

        bus ── CfuPort ─┬─ units[0]
                        ├─ units[1]
                        └─ ...

    Parameters:
        units: fresh Migen modules (`CfuUnit`); they become submodules.

    Attributes:
        units: as given.

    Ports:
        bus       CFU_BUS              seen from the CPU
        memories  list of UNIT_MEMORY  master; of the units that have one, in their order
    """

    def __init__(self, units: Sequence[CfuUnit]):
        self.units = units
        self.submodules.cfu_port = cfu_port = CfuPort([unit.function_ids for unit in units])
        self.bus = cfu_port.bus
        self.memories = [unit.memory for unit in units if hasattr(unit, "memory")]

        # # #

        share(units)
        for unit, port in zip(units, cfu_port.units, strict=True):
            self.submodules += unit
            self.comb += port.connect(unit.port)


def share(units: Sequence[CfuUnit]) -> None:
    """The first unit that can do without multipliers of its own takes those of the first lender."""
    lenders = [unit for unit in units if hasattr(unit, "lend")]
    borrowers = [unit for unit in units if hasattr(unit, "borrow")]
    if lenders and borrowers:
        port = lenders[0].lend()
        if port is not None:
            borrowers[0].borrow(port)
