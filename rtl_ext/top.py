"""The extension: the custom-function port and the units behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from migen import Module, Record

from .cfu_port import CfuPort


class CfuUnit(Protocol):
    """What a Migen module must have to be a unit.

    port         `UNIT_PORT`, seen from the port
    function_ids  the encodings that it owns
    """

    port: Record
    function_ids: frozenset[int]


class Extension(Module):
    """Everything that the CPU's custom instructions reach.

        bus ── CfuPort ─┬─ units[0]
                        ├─ units[1]
                        └─ ...

    Parameters:
        units: fresh Migen modules (`CfuUnit`); they become submodules.

    Ports:
        bus  CFU_BUS  seen from the CPU
    """

    def __init__(self, units: Sequence[CfuUnit]):
        self.submodules.cfu_port = cfu_port = CfuPort([unit.function_ids for unit in units])
        self.bus = cfu_port.bus

        # # #

        for unit, port in zip(units, cfu_port.units, strict=True):
            self.submodules += unit
            self.comb += port.connect(unit.port)
