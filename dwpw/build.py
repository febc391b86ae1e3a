"""Builds what a run needs, through the content-addressed cache in `build/`.

Firmware and simulator are built once for all models and kernel sets; an entry's key holds the
content of everything that it was made from, so nothing is rebuilt unless it changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from compiler_intrinsics import header as intrinsics_header
from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import DEFAULT
from dwpw.errors import UserError
from dwpw.image import c_header
from dwpw.image.format import ErrorCode
from dwpw.paths import BUILD_ROOT, FIRMWARE, REPOSITORY
from dwpw.plan.kernels import KERNELS
from soc import memory_map
from soc.cache import cached, hash_files
from soc.config import MEMORIES, SocConfig
from soc.sim.build import Simulator, build_simulator
from soc.toolchain import (
    RISCV_FLAGS,
    RISCV_GCC,
    RISCV_OBJCOPY,
    find_program,
    program_version,
    run,
)

FIRMWARE_FOLDERS = ("runtime", "kernels", "platform")
"""Of `firmware/`: the other folders belong to the boot ROM, to boards and to tests on the host."""

SIMULATOR_PLATFORM = FIRMWARE / "platform" / "platform_sim.c"
"""How a run ends and how tensors are dumped, in a simulation that `dwpw` itself follows."""
SERIAL_PLATFORM = FIRMWARE / "board" / "platform_board.c"
"""The same behind a serial line: a board or `dwpw sim --pty`."""

COMPILER_FLAGS = (
    *RISCV_FLAGS,
    *("-std=gnu11", "-O2", "-g", "-ffreestanding", "-Wall", "-Wextra", "-Werror"),
    *("-ffunction-sections", "-fdata-sections"),
    f"-DDWPW_ERROR_TRAP={int(ErrorCode.TRAP)}",
)
LINKER_FLAGS = (
    *("-nostdlib", "-nostartfiles", "-static"),
    *("-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments"),
)

Progress = Callable[[str], None]


class Target(Protocol):
    """What firmware is compiled for: a simulator, or the project of a board."""

    @property
    def headers(self) -> Path:
        """C include folder that describes the SoC."""


@dataclass(frozen=True)
class Machine:
    """A simulated SoC with the firmware for it.

    firmware: raw bytes for `memory_map.FIRMWARE_BASE`.
    """

    config: SocConfig
    simulator: Simulator
    firmware: Path


def soc_config(memory: str) -> SocConfig:
    """The SoC with that memory model."""
    if memory not in MEMORIES:
        raise UserError(f"unknown memory '{memory}' (known: {', '.join(MEMORIES)})")
    return SocConfig(memory=memory)


def build_machine(config: SocConfig, progress: Progress, traced: bool = False) -> Machine:
    """Simulator and firmware; `progress` is told in words about every step that takes time."""
    if not FIRMWARE.is_dir():
        raise UserError(f"{FIRMWARE}: the firmware's sources are missing; run from a clone")
    for program in (RISCV_GCC, RISCV_OBJCOPY):
        find_program(program)  # before the simulator's build, which takes longer
    simulator = build_simulator(config, BUILD_ROOT, progress, traced)
    firmware = build_firmware(simulator, progress)
    return Machine(config, simulator, firmware)


def build_firmware(
    target: Target,
    progress: Progress,
    without: Collection[str] = (),
    platform: Path = SIMULATOR_PLATFORM,
) -> Path:
    """The firmware's `firmware.bin`, with `firmware.elf` beside it.

    without: instructions to do without (`compiler_intrinsics.header.generate`).
    platform: SIMULATOR_PLATFORM or SERIAL_PLATFORM.
    """
    files = _firmware_files(platform)
    sources = [path for path in files if path.suffix in (".c", ".S")]
    generated = {
        "dwpw_image.h": c_header.image_header(),
        "dwpw_tables.c": c_header.tables_source(KERNELS),
        "dwpw_intrinsics.h": intrinsics_header.generate(INSTRUCTION_SET, DEFAULT, without),
        "firmware.ld": memory_map.firmware_linker_script(),
    }
    key = {
        "sources": hash_files(files, REPOSITORY),
        "generated": generated,
        "headers": hash_files(target.headers.rglob("*.h"), target.headers),
        "flags": [COMPILER_FLAGS, LINKER_FLAGS],
        "compiler": program_version(RISCV_GCC),
    }

    def build(folder: Path) -> None:
        progress("compiling the firmware")
        for name, text in generated.items():
            (folder / name).write_text(text)
        _compile([*sources, folder / "dwpw_tables.c"], folder, target.headers)

    return cached(BUILD_ROOT, "firmware", key, build) / "firmware.bin"


def _firmware_files(platform: Path = SIMULATOR_PLATFORM) -> list[Path]:
    """Sources and headers of the firmware, in the order in which they are linked.

    The platform takes the same place whichever it is, so that the kernels lie in the same place of
    the I$ on a board and in the simulator.
    """
    files = sorted(
        path
        for folder in ("include", *FIRMWARE_FOLDERS)
        for path in (FIRMWARE / folder).rglob("*")
        if path.suffix in (".c", ".h", ".S")
    )
    return [platform if path == SIMULATOR_PLATFORM else path for path in files]


def _compile(sources: list[Path], folder: Path, soc_headers: Path) -> None:
    """Compile on all cores, link, and extract the raw bytes."""
    headers = {path.parent for path in _firmware_files() if path.suffix == ".h"}
    includes = [f"-I{path}" for path in (*sorted(headers), folder)]
    includes += ["-isystem", str(soc_headers)]  # LiteX's headers are not held to -Werror
    compiler = find_program(RISCV_GCC)

    def compile_one(numbered: tuple[int, Path]) -> Path:
        number, source = numbered
        output = folder / f"{number:02}-{source.stem}.o"
        run([compiler, *COMPILER_FLAGS, *includes, "-c", str(source), "-o", str(output)])
        return output

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(compile_one, enumerate(sources)))
    elf = folder / "firmware.elf"
    script = folder / "firmware.ld"
    run([
        *(compiler, *RISCV_FLAGS, *LINKER_FLAGS, "-T", str(script)),
        *(str(path) for path in _in_linking_order(objects)),
        *("-lgcc", "-o", str(elf)),
    ])  # fmt: skip
    run([find_program(RISCV_OBJCOPY), "-O", "binary", str(elf), str(folder / "firmware.bin")])


def _in_linking_order(objects: list[Path]) -> Iterator[Path]:
    """By name, so that the code lies in memory (and in the I$) the same way on every machine."""
    return iter(sorted(objects, key=lambda path: path.name))
