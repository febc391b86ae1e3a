"""LiteX's BIOS for the ROM of the simulated SoC; a board's comes with its project.

    python -m soc.sim.bios MEMORY CLOCK_HZ LIBC FOLDER

compiles it in a process of its own, because LiteX prints as it goes and changes the folder.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from soc import bios
from soc.cache import cached, hash_files
from soc.config import SocConfig
from soc.fpga.tools import tool_path
from soc.libc import STAMP, compiled_libc, name_sources_plainly, provide_libc
from soc.paths import REPOSITORY
from soc.plain_path import plain
from soc.toolchain import RISCV_GCC, package_versions, program_version, run_litex

PACKAGES = (
    *("litex", "litedram", "migen", "meson", "ninja", "pythondata_cpu_vexriscv"),
    *("pythondata-software-picolibc", "pythondata-software-compiler-rt"),
)
SOURCES = (Path(__file__), Path(bios.__file__))


def compile_bios(soc: Any, libc: Path, folder: Path) -> None:
    """Compile the BIOS of a SoC that is not built further; leaves `folder`/bios.bin."""
    from litex.soc.integration.builder import Builder

    provide_libc(libc, folder / "build")
    builder = Builder(soc, output_dir=str(folder / "build"), compile_gateware=False)
    # The Verilog that a build ends with is not wanted here: the simulator has its own.
    soc.build = lambda **_: None
    builder.build()
    Path(builder.get_bios_filename()).rename(folder / "bios.bin")
    shutil.rmtree(folder / "build")


def simulated_bios(
    config: SocConfig, headers: Path, build_root: Path, progress: Callable[[str], None]
) -> Path:
    """The ROM's contents for the simulated SoC; `headers` are those of its simulator.

    Neither the extension nor the counters have registers that the BIOS knows.
    """
    arguments = [config.memory, str(config.sys_clk_freq)]
    key = {
        "arguments": arguments,
        "source": hash_files(SOURCES, REPOSITORY),
        "headers": hash_files(headers.rglob("*.h"), headers),
        "packages": package_versions(*PACKAGES),
        "compiler": program_version(RISCV_GCC),
    }

    def build(folder: Path) -> None:
        libc = compiled_libc(build_root, progress)
        progress("compiling LiteX's BIOS")
        places = (str(plain(libc)), str(folder))
        run_litex(
            "soc.sim.bios", *arguments, *places, folder=folder, env=tool_path(build_root) | STAMP
        )

    return cached(build_root, "bios", key, build) / "bios.bin"


def main(memory: str, clock_hz: str, libc: str, folder: str) -> None:
    """Entry of the process that compiles."""
    from soc.sim.soc import SimSoC

    name_sources_plainly()
    config = SocConfig(memory=memory, sys_clk_freq=int(clock_hz))
    compile_bios(SimSoC(config, scratch=Path(folder)), Path(libc), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
