"""The SoC on a board: the one that is simulated, on the board's clock, memory and UART."""

from __future__ import annotations

from importlib import import_module

import litedram.modules

from soc.boards.entry import Board
from soc.config import HardwareUnit, SocConfig
from soc.soc import DwpwSoC


def board_config(board: Board, units: tuple[HardwareUnit, ...]) -> SocConfig:
    """The board's SoC with these units."""
    return SocConfig(sys_clk_freq=board.clock_hz, units=units)


class BoardSoC(DwpwSoC):
    """`DwpwSoC` on `board`."""

    def __init__(self, board: Board, config: SocConfig) -> None:
        platforms = import_module(f"litex_boards.platforms.{board.module}")
        target = import_module(f"litex_boards.targets.{board.module}")
        platform = platforms.Platform(**board.platform)
        for pins in board.pins:
            platform.add_extension(getattr(platforms, pins))
        self.crg = getattr(target, board.crg)(platform, config.sys_clk_freq)
        memory = board.memory
        super().__init__(
            platform,
            config,
            sdram_phy=memory.attach(self, platform, config.sys_clk_freq),
            sdram_module=getattr(litedram.modules, memory.module),
            sdram_rate=memory.rate,
            baud=board.baud,
        )
