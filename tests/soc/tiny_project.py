"""A project for a board that takes seconds to build: a counter, a multiplier, a memory, no CPU.

python -m tests.soc.tiny_project BOARD FOLDER
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from soc.boards.catalogue import BY_NAME
from soc.boards.entry import Board
from soc.boards.project import write_project

LEDS = {"colorlight_i5": "user_led_n", "tang_nano_20k": "led_n"}
"""Board -> its name for an LED; the result must go somewhere, or the tools leave all of it out."""


def tiny_soc(board: Board) -> Any:
    """A design with at least one cell of every kind that reports count, on the board's LED."""
    from litex.build.io import CRG
    from litex.soc.integration.soc_core import SoCMini
    from migen import Memory, Signal

    class TinySoC(SoCMini):
        """As many registers, LUTs, multipliers and memories as make no tool leave one out."""

        def __init__(self) -> None:
            platform = import_module(f"litex_boards.platforms.{board.module}").Platform(
                **board.platform
            )
            self.crg = CRG(platform.request(platform.default_clk_name))
            clock = round(1e9 / platform.default_clk_period)
            super().__init__(platform, clock, ident="", ident_version=False)
            self.unit_events = ()
            count, product = Signal(36), Signal(36)
            memory = Memory(16, 4096)
            read, write = memory.get_port(), memory.get_port(write_capable=True)
            self.specials += memory, read, write
            self.sync += [
                count.eq(count + 1),
                product.eq(count[:18] * count[18:]),
                platform.request(LEDS[board.name], 0).eq((product ^ read.dat_r) == 0),
            ]
            self.comb += [
                read.adr.eq(count[6:]),
                write.adr.eq(count[9:]),
                write.dat_w.eq(product),
                write.we.eq(count[3]),
            ]

    return TinySoC()


def main(board: str, folder: str) -> None:
    """Write the project as those of real SoCs are written; without a CPU there is no BIOS."""
    with TemporaryDirectory() as no_library:
        write_project(tiny_soc(BY_NAME[board]), Path(folder), Path(no_library), synthesis={})


if __name__ == "__main__":
    main(*sys.argv[1:])
