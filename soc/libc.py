"""The C library of LiteX's BIOS, compiled once for all SoCs.

It takes most of a BIOS's compilation, and depends on nothing of the SoC but the CPU.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from soc.cache import cached
from soc.fpga.tools import tool_path
from soc.plain_path import plain
from soc.toolchain import RISCV_GCC, package_versions, program_version, run, run_litex

LIBC = "software/libc"
"""Below a Builder's output folder."""

PACKAGES = ("litex", "meson", "ninja", "pythondata-software-picolibc")

FLAGS = "CFLAGS=$(COMMONFLAGS) -g0 -Wpragmas"
"""LiteX's own, without what only a debugger reads: that takes a quarter of the time."""

STAMP = {"SOURCE_DATE_EPOCH": "0", "GIT_DIR": os.devnull}
"""For all that LiteX builds: a BIOS prints when it was compiled and, as the version of LiteX,
whatever git says about the folder that LiteX is installed in; equal sources shall give equal
bitstreams."""


def compiled_libc(build_root: Path, progress: Callable[[str], None]) -> Path:
    """Folder with picolibc's library and header, as LiteX's makefile leaves them."""
    key = {
        "packages": package_versions(*PACKAGES),
        "compiler": program_version(RISCV_GCC),
        "flags": FLAGS,
    }

    def build(folder: Path) -> None:
        progress("compiling the BIOS's C library")
        run_litex("soc.libc", str(folder), folder=folder, env=tool_path(build_root) | STAMP)

    return cached(build_root, "libc", key, build) / LIBC


def provide_libc(libc: Path, output: Path) -> None:
    """Put the library where a LiteX Builder with this output folder would compile it."""
    target = output / LIBC
    target.mkdir(parents=True)
    for path in libc.iterdir():
        if path.is_file():
            # With its time of modification, which tells make that there is nothing to do.
            shutil.copy2(path, target)


def name_sources_plainly() -> None:
    """Before a Builder writes where the sources lie: two of their packages ask the system for
    their folder, and get the name that may have spaces."""
    from litex import get_data_mod

    for name in ("picolibc", "compiler_rt"):
        sources = get_data_mod("software", name)
        sources.data_location = str(plain(Path(sources.data_location)))


def main(folder: str) -> None:
    """Entry of the process that compiles: LiteX's makefile with the variables of some SoC."""
    from litex.build.sim import SimPlatform
    from litex.soc.integration.builder import Builder, soc_directory

    from soc.config import SocConfig
    from soc.soc import DwpwSoC

    name_sources_plainly()
    config = SocConfig(memory="ideal")
    soc = DwpwSoC(SimPlatform("SIM", []), config, uart_name="stub")
    soc.build = lambda **_: None  # no Verilog
    Builder(soc, output_dir=folder, compile_software=False).build()
    makefile = Path(soc_directory) / "software" / "libc" / "Makefile"
    # Only what LiteX adds to the library afterwards depends on the SoC.
    run(["make", "-j", str(os.cpu_count()), "-C", LIBC, "-f", str(makefile), FLAGS, "__libc.a"])


if __name__ == "__main__":
    main(*sys.argv[1:])
