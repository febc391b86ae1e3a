"""Builds what a run needs, through the content-addressed cache in `build/`.

Firmware and simulator are built once for all models and kernel sets; an entry's key holds the
content of everything that it was made from, so nothing is rebuilt unless it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from compiler_intrinsics import header as intrinsics_header
from dwpw.compiled_for import seen_by, written
from dwpw.errors import UserError
from dwpw.image import c_header
from dwpw.image.format import ErrorCode
from dwpw.paths import BUILD_ROOT, FIRMWARE, REPOSITORY
from dwpw.target.target import Target
from dwpw.target.unit import Unit
from soc import memory_map
from soc.cache import cached, hash_files
from soc.objects import Compilation, on_all_cores
from soc.sim.simulator import Simulator, build_simulator
from soc.toolchain import (
    RISCV_FLAGS,
    RISCV_GCC,
    RISCV_OBJCOPY,
    find_program,
    program_version,
    run,
)

FIRMWARE_FOLDERS = ("include", "platform", "runtime")
"""Of `firmware/`: the other folders belong to the boot ROM, to boards and to tests on the host;
the kernels come with the target."""

SIMULATOR_PLATFORM = FIRMWARE / "platform" / "platform_sim.c"
"""How a run ends and how tensors are dumped, in a simulation that `dwpw` itself follows."""
SERIAL_PLATFORM = FIRMWARE / "board" / "platform_board.c"
"""The same behind a serial line: a board or `dwpw sim --pty`."""
RENODE_PLATFORM = FIRMWARE / "renode" / "platform_renode.c"
"""The same in Renode."""

COMPILER_FLAGS = (
    *RISCV_FLAGS,
    *("-std=gnu11", "-O2", "-g1", "-ffreestanding", "-Wall", "-Wextra", "-Werror"),
    *("-ffunction-sections", "-fdata-sections"),
    f"-DDWPW_ERROR_TRAP={int(ErrorCode.TRAP)}",
)
LINKER_FLAGS = (
    *("-nostdlib", "-nostartfiles", "-static"),
    *("-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments"),
)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """What a firmware does, where that is not to run an image once and to log it.

    folder: its sources, which take the place of ENTRY.
    generated: further files, name -> text.
    """

    folder: Path
    generated: Mapping[str, str] = field(default_factory=dict)


ENTRY = FIRMWARE / "runtime" / "main.c"


class Headers(Protocol):
    """What firmware is compiled for: a simulator, or the project of a board."""

    @property
    def headers(self) -> Path:
        """C include folder that describes the SoC."""


@dataclass(frozen=True)
class Machine:
    """A target as a simulated SoC, with the firmware for it.

    firmware: raw bytes for `memory_map.FIRMWARE_BASE`.
    """

    target: Target
    simulator: Simulator
    firmware: Path


def build_machine(
    target: Target, progress: Progress, traced: bool = False, counters: bool = False
) -> Machine:
    """Simulator and firmware; `progress` is told in words about every step that takes time.

    counters: with the performance counters of `soc.counters`.
    """
    if not FIRMWARE.is_dir():
        raise UserError(f"{FIRMWARE}: the firmware's sources are missing; install dwpw again")
    for program in (RISCV_GCC, RISCV_OBJCOPY):
        find_program(program)  # before the simulator's build, which takes longer
    simulator = build_simulator(target.soc_config(counters), BUILD_ROOT, progress, traced)
    firmware = build_firmware(simulator, target, progress)
    return Machine(target, simulator, firmware)


def intrinsics(units: Iterable[Unit], without: Collection[str] = ()) -> str:
    """Text of `dwpw_intrinsics.h` for some units."""
    return "".join(
        intrinsics_header.generate(
            unit.instruction_set,
            unit.geometry,
            [name for name in without if name in unit.instruction_set.by_mnemonic],
        )
        for unit in units
    )


def build_firmware(
    soc: Headers,
    target: Target,
    progress: Progress,
    without: Collection[str] = (),
    platform: Path = SIMULATOR_PLATFORM,
    program: Program | None = None,
) -> Path:
    """The firmware's `firmware.bin`, with `firmware.elf` and `dwpw_intrinsics.h` beside it.

    without: instructions to do without (`compiler_intrinsics.header.generate`).
    platform: SIMULATOR_PLATFORM, SERIAL_PLATFORM or RENODE_PLATFORM.
    program: None to run an image once.
    """
    files = _firmware_files(target, platform, program)
    generated = _generated(target, program)
    sources = [path for path in (*files, *sorted(generated.glob("*.c"))) if path.suffix != ".h"]
    folders = (*sorted({path.parent for path in files if path.suffix == ".h"}), generated)

    def compilation(source: Path) -> Compilation:
        headers = seen_by(source, target).headers(lambda units: intrinsics(units, without))
        return Compilation(
            command=(find_program(RISCV_GCC), *COMPILER_FLAGS),
            folders=(*folders, headers),
            foreign=(soc.headers,),  # LiteX's headers are not held to -Werror
        )

    whole = intrinsics(target.units, without)
    key = {
        "sources": hash_files(files, REPOSITORY),
        "generated": generated.name,
        "image": c_header.image_header(target.params),
        "intrinsics": whole,
        "headers": hash_files(soc.headers.rglob("*.h"), soc.headers),
        "flags": [COMPILER_FLAGS, LINKER_FLAGS],
        "compiler": program_version(RISCV_GCC),
    }

    def build(folder: Path) -> None:
        progress("compiling the firmware")
        objects = on_all_cores(lambda path: compilation(path).object(BUILD_ROOT, path), sources)
        _link(objects, generated / "firmware.ld", folder)
        (folder / "dwpw_intrinsics.h").write_text(whole)

    return cached(BUILD_ROOT, "firmware", key, build) / "firmware.bin"


def _generated(target: Target, program: Program | None) -> Path:
    """Folder with what is generated of the firmware, but for the headers of `Seen`."""
    return written({
        **(program.generated if program else {}),
        "dwpw_tables.c": c_header.tables_source(target.kernels),
        "firmware.ld": memory_map.firmware_linker_script(),
    })  # fmt: skip


def _firmware_files(target: Target, platform: Path, program: Program | None) -> list[Path]:
    """Sources and headers of the firmware, in the order in which they are linked.

    The platform takes the same place whichever it is, so that the kernels lie in the same place of
    the I$ on a board and in the simulator.
    """
    files = sorted(
        path
        for folder in (
            *(FIRMWARE / name for name in FIRMWARE_FOLDERS),
            *(kernels.sources for kernels in target.kernel_sets),
        )
        for path in folder.rglob("*")
        if path.suffix in (".c", ".h", ".S")
    )
    files = [platform if path == SIMULATOR_PLATFORM else path for path in files]
    if program is None:
        return files
    own = sorted(path for path in program.folder.iterdir() if path.suffix in (".c", ".h"))
    return [*(path for path in files if path != ENTRY), *own]


def _link(objects: Sequence[Path], script: Path, folder: Path) -> None:
    """`firmware.elf` and its raw bytes into `folder`.

    The order of the objects is that of the code in memory, and so in the I$.
    """
    elf = folder / "firmware.elf"
    run([
        *(find_program(RISCV_GCC), *RISCV_FLAGS, *LINKER_FLAGS, "-T", str(script)),
        *(str(path) for path in objects),
        *("-lgcc", "-o", str(elf)),
    ])  # fmt: skip
    run([find_program(RISCV_OBJCOPY), "-O", "binary", str(elf), str(folder / "firmware.bin")])
