"""C headers that describe a finalized SoC to firmware and boot program."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import litex.soc.software
from litex.soc.cores.cpu.vexriscv import core as vexriscv
from litex.soc.integration import export

from rtl_ext.verilog import without_date
from soc import counters, memory_map


def write_headers(soc: Any, folder: Path, main_ram: int = memory_map.MAIN_RAM_SIZE) -> None:
    """Fill `folder` so that `-I folder` is all a program needs.

    `generated/csr.h`, `soc.h`, `mem.h` and, with SDRAM, `sdram_phy.h` come from LiteX's exporter;
    `hw/common.h`, `system.h` and `csr-defs.h` are the LiteX headers that those include;
    `dwpw_memory_map.h` is our own memory map, `dwpw_counters.h` names the performance counters.
    main_ram: bytes, for our map.
    """
    generated = folder / "generated"
    generated.mkdir(parents=True)
    texts = {
        "mem.h": export.get_mem_header(soc.mem_regions),
        "soc.h": export.get_soc_header(soc.constants),
        "csr.h": export.get_csr_header(
            soc.csr_regions, soc.constants, soc.mem_regions["csr"].origin
        ),
    }
    if hasattr(soc, "sdram"):
        from litedram.init import get_sdram_phy_c_header

        settings = soc.sdram.controller.settings
        texts["sdram_phy.h"] = get_sdram_phy_c_header(settings.phy, settings.timing, settings.geom)
    for name, text in texts.items():
        (generated / name).write_text(without_date(text))

    (folder / "dwpw_memory_map.h").write_text(memory_map.c_header(main_ram))
    (folder / "dwpw_counters.h").write_text(counters.c_header(soc.unit_events))
    _copy_litex_headers(folder)


def _copy_litex_headers(folder: Path) -> None:
    software = Path(next(iter(litex.soc.software.__path__)))
    cpu = Path(vexriscv.__file__).parent
    (folder / "hw").mkdir()
    shutil.copy(software / "include" / "hw" / "common.h", folder / "hw")
    for name in ("system.h", "csr-defs.h"):
        shutil.copy(cpu / name, folder)
