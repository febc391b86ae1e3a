"""What a board's entry says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from soc.config import DEFAULT_BAUD


class BoardMemory(Protocol):
    """A board's main memory.

    module  name of the chip in `litedram.modules`; one that is at least as slow will do
    rate    clock of the controller against that of the chip, as LiteDRAM writes it
    """

    module: str
    rate: str

    def attach(self, soc: Any, platform: Any, sys_clk_freq: int) -> Any:
        """The LiteDRAM PHY on the board's pins; ties it to `soc.crg` where that is needed."""


@dataclass(frozen=True)
class SerialBridge:
    """The USB chip between a board's UART and the host.

    vendor, product  USB ids
    interface        of a chip with several ports, the place of the one with the UART, from 0
    """

    vendor: int
    product: int
    interface: int = 0


@dataclass(frozen=True)
class Board:
    """A board over its `litex_boards` platform and the clocking of its target.

    name       what --board takes
    title      for reports: name and FPGA
    module     name in `litex_boards.platforms` and `litex_boards.targets`
    clock_hz   system clock; a build has to reach it
    memory     main memory
    platform   arguments of the platform's constructor
    synthesis  options of Yosys, as LiteX's toolchain names them
    pins       lists in the platform module that name further pins
    crg        class in the target module that makes the clocks
    loader     the board's name in openFPGALoader
    bridge     what its serial port is recognised by; None where the UART has no chip on the board
    baud       bits per second of the UART
    """

    name: str
    title: str
    module: str
    clock_hz: int
    memory: BoardMemory
    loader: str
    platform: Mapping[str, Any] = field(default_factory=dict)
    synthesis: Mapping[str, bool] = field(default_factory=dict)
    pins: tuple[str, ...] = ()
    crg: str = "_CRG"
    bridge: SerialBridge | None = None
    baud: int = DEFAULT_BAUD
