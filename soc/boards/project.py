"""Board -> project: Verilog, constraints, BIOS, C headers, and the script that builds it.

    python -m soc.boards.project BOARD FOLDER UNITS LIBC

runs in a process of its own, because LiteX changes the working directory, prints as it goes and
keeps state between designs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtl_ext.verilog import without_date
from soc.boards.catalogue import BY_NAME
from soc.config import HardwareUnit, units_from_json
from soc.headers import write_headers
from soc.libc import name_sources_plainly, provide_libc

NAME = "top"
"""Of the top module and, with an ending each, of all files of the project."""

TEXTS = (".v", ".ys", ".tcl", ".sh", ".qsf", ".prj", ".xdc", ".sdc", ".lpf", ".cst")
"""Files in which LiteX writes absolute paths of the project itself, or the date."""


def make_soc(board: str, units: tuple[HardwareUnit, ...]) -> Any:
    """The SoC on a board of ours or on another one of litex_boards."""
    if board in BY_NAME:
        from soc.boards.soc import BoardSoC, board_config

        return BoardSoC(BY_NAME[board], board_config(BY_NAME[board], units))
    from soc.boards.foreign import foreign_soc

    return foreign_soc(board, units)


def write_project(soc: Any, folder: Path, libc: Path, synthesis: Mapping[str, bool]) -> None:
    """Build the BIOS, over the library of `soc.libc`, and write everything that the tools need.

    gateware/       Verilog, memory contents, constraints, build_top.sh
    include/        C headers for firmware (soc.headers)
    software/       the BIOS
    project.json    clock_hz, device

    `synthesis` is that of `soc.boards.entry.Board`.
    """
    from litex.soc.integration.builder import Builder

    provide_libc(libc, folder)
    builder = Builder(soc, output_dir=str(folder), compile_gateware=False)
    # Beside the project, so that its scripts have relative names: a finished folder is moved, and
    # YoWASP does not see every path.
    soc.platform.sources = [(*source[:3], True) for source in soc.platform.sources]
    builder.build(build_name=NAME, **synthesis)
    gateware = folder / "gateware"
    for path in gateware.iterdir():
        if path.suffix in TEXTS:
            text = without_date(path.read_text())
            for name in (gateware, gateware.resolve()):  # by our name and by the system's
                text = text.replace(f"{name}/", "")
            path.write_text(text)
    write_headers(soc, folder / "include")
    facts = {"clock_hz": int(soc.sys_clk_freq), "device": soc.platform.device}
    (folder / "project.json").write_text(json.dumps(facts))


def main(board: str, folder: str, units: str, libc: str) -> None:
    """Write the project of a board; `units` as `soc.config.units_to_json` writes them."""
    name_sources_plainly()
    synthesis = BY_NAME[board].synthesis if board in BY_NAME else {}
    write_project(make_soc(board, units_from_json(units)), Path(folder), Path(libc), synthesis)


if __name__ == "__main__":
    main(*sys.argv[1:])
