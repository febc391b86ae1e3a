"""Configuration -> simulator binary, through the build cache."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from soc import memory_map
from soc.cache import cached, hash_files
from soc.config import SocConfig
from soc.sim.status import STATUS_CYCLE_LIMIT, STATUS_SETUP_ERROR
from soc.toolchain import (
    RISCV_GCC,
    find_program,
    link_raw,
    package_versions,
    program_version,
    run,
    verilator_root,
)

REPOSITORY = Path(__file__).resolve().parents[2]
HARNESS = Path(__file__).parent / "harness"
BOOT = REPOSITORY / "firmware" / "boot"

GATEWARE_FOLDERS = ("soc", "rtl_ext", "compiler_intrinsics")
GATEWARE_PACKAGES = ("litex", "litedram", "migen", "pythondata_cpu_vexriscv")

VERILATOR_FLAGS = (
    *("--cc", "--exe", "--build", "-j", "2"),
    *("-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert"),
    *("--flatten", "--output-split", "20000", "-Wno-fatal", "-Wno-lint", "--quiet-stats"),
)
COMPILER_FLAGS = "-std=c++17"
MAKE_FLAGS = (
    "OPT_FAST=-O3",
    "OPT_SLOW=-O0",  # what runs once
    "OPT_GLOBAL=-O2",
    "CFG_CXXFLAGS_PCH_I=-include",  # the wheel was configured without; its makefile needs it
)

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
        "compiler": program_version(RISCV_GCC),
    }

    def build(folder: Path) -> None:
        link_raw(sources, [soc / "include"], script, folder / "boot.bin", ["-Os"])

    return cached(build_root, "boot", key, build)


def _binary(soc: Path, build_root: Path, traced: bool, progress: Progress) -> Path:
    harness = [p for p in HARNESS.iterdir() if p.suffix in (".cpp", ".h")]
    design = [soc / "memories.vlt", soc / "sim_layout.h", *(soc / "verilog").glob("*.v")]
    key = {
        "harness": hash_files(harness, REPOSITORY),
        "design": hash_files(design, soc),
        "flags": [
            VERILATOR_FLAGS,
            COMPILER_FLAGS,
            MAKE_FLAGS,
            STATUS_CYCLE_LIMIT,
            STATUS_SETUP_ERROR,
        ],
        "traced": traced,
        "packages": package_versions("verilator"),
        "compiler": program_version("g++"),
    }

    def build(folder: Path) -> None:
        progress("building the simulator (about half a minute)")
        _verilate(soc, folder, traced)

    return cached(build_root, "simulator", key, build)


def _verilate(soc: Path, folder: Path, traced: bool) -> None:
    for program in ("perl", "make", "g++"):
        find_program(program)
    root = verilator_root()
    unused = HARNESS / ("trace_off.cpp" if traced else "trace_fst.cpp")
    cpp = sorted(p for p in HARNESS.glob("*.cpp") if p != unused)
    defines = (
        f"-DSIM_STATUS_CYCLE_LIMIT={STATUS_CYCLE_LIMIT} "
        f"-DSIM_STATUS_SETUP_ERROR={STATUS_SETUP_ERROR}"
    )
    objects = folder / "obj"
    run(
        [
            str(root / "bin" / "verilator"),
            *VERILATOR_FLAGS,
            *(("--trace-fst",) if traced else ()),
            *("--top-module", "sim", "--Mdir", str(objects), "-o", str(folder / "sim")),
            *("-CFLAGS", f"{COMPILER_FLAGS} {defines} -I{soc} -I{HARNESS}"),
            *(word for flag in MAKE_FLAGS for word in ("-MAKEFLAGS", flag)),
            # the makefile's own default is `python`, which Debian does not have
            *("-MAKEFLAGS", f"PYTHON3={sys.executable}"),
            str(soc / "memories.vlt"),
            *(str(p) for p in sorted((soc / "verilog").glob("*.v"))),
            *(str(p) for p in cpp),
        ],
        env={"VERILATOR_ROOT": str(root), "MAKEFLAGS": ""},
    )
