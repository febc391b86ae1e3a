"""LiteX's BIOS in the ROM: one configuration for the simulated SoC and for every board.

It brings main RAM up, then asks for programs over the serial line (`dwpw.load.protocol`).
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from soc.cache import cached, hash_files
from soc.config import SocConfig
from soc.libc import STAMP, compiled_libc, provide_libc
from soc.toolchain import RISCV_GCC, package_versions, program_version, run

REPOSITORY = Path(__file__).resolve().parents[1]

MEMORY_TEST_BYTES = 16 * 1024
"""Twice the L2, so that the test reaches the chip; LiteX's own 2 MB would take the simulator a
minute."""

FRAME_TIMEOUT_SECONDS = 0.25
"""By the SoC's own clock: how long the BIOS waits for the rest of a frame, and for the answer to
its request (ACK_TIMEOUT_DELAY and CMD_TIMEOUT_DELAY in its boot.c)."""

PACKAGES = (
    *("litex", "litedram", "migen", "meson", "ninja", "pythondata_cpu_vexriscv"),
    *("pythondata-software-picolibc", "pythondata-software-compiler-rt"),
)


def configure_bios(soc: Any) -> None:
    """Constants that the BIOS of `soc` is compiled with."""
    soc.add_constant("MEMTEST_DATA_SIZE", MEMORY_TEST_BYTES)
    soc.add_constant("MEMTEST_ADDR_SIZE", MEMORY_TEST_BYTES)
    # Received bytes wait in the UART's FIFO, which can hold the line where it has flow control (in
    # the simulator). With interrupts they would go into a buffer that drops what it has no room
    # for, and each would cost an interrupt.
    soc.add_constant("UART_POLLING", check_duplicate=False)


def compile_bios(soc: Any, libc: Path, folder: Path) -> None:
    """Compile the BIOS of a SoC that is not built further; leaves `folder`/bios.bin.

    A board's BIOS comes with its project (`soc.boards.project`).
    """
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
    from soc.fpga.tools import tool_path

    arguments = [config.memory, str(config.sys_clk_freq)]
    key = {
        "arguments": arguments,
        "source": hash_files([Path(__file__)], REPOSITORY),
        "headers": hash_files(headers.rglob("*.h"), headers),
        "packages": package_versions(*PACKAGES),
        "compiler": program_version(RISCV_GCC),
    }

    def build(folder: Path) -> None:
        libc = compiled_libc(build_root, progress)
        progress("compiling LiteX's BIOS")
        command = [sys.executable, "-m", "soc.bios", *arguments, str(libc), str(folder)]
        environment = tool_path(build_root) | STAMP | {"PYTHONPATH": str(REPOSITORY)}
        # In a process of its own, because LiteX prints as it goes and changes the folder.
        run(command, cwd=folder, env=environment)

    return cached(build_root, "bios", key, build) / "bios.bin"


def main(memory: str, clock_hz: str, libc: str, folder: str) -> None:
    """Entry of the process that compiles."""
    from soc.sim.soc import SimSoC

    config = SocConfig(memory=memory, sys_clk_freq=int(clock_hz))
    compile_bios(SimSoC(config, scratch=Path(folder)), Path(libc), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
