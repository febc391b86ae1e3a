"""Verilog and harness -> simulator binary.

The model is compiled twice: first with counters, which a short training run fills, then with what
they say.  Knowing which branches are rare makes the simulation about a quarter faster, which pays
for the second compilation within the first run of a real model.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from compiler_intrinsics.header import assembly
from soc import memory_map
from soc.cache import hash_files
from soc.config import HardwareUnit
from soc.errors import ToolError
from soc.paths import REPOSITORY
from soc.plain_path import plain
from soc.processes import child
from soc.sim.status import STATUS_CYCLE_LIMIT, STATUS_SETUP_ERROR
from soc.toolchain import (
    find_program,
    link_raw,
    run,
    verilator_environment,
    verilator_make_variables,
    verilator_program,
)

HARNESS = Path(__file__).parent / "harness"
TRAINING = Path(__file__).parent / "training" / "training.c"
PLATFORM = REPOSITORY / "firmware" / "platform"

TOP = "sim"
VERILATOR_FLAGS = (
    *("--cc", "--exe", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert"),
    *("--flatten", "--output-split", "20000", "-Wno-fatal", "-Wno-lint", "--quiet-stats"),
)
DEFINES = (
    f"-DSIM_STATUS_CYCLE_LIMIT={STATUS_CYCLE_LIMIT}",
    f"-DSIM_STATUS_SETUP_ERROR={STATUS_SETUP_ERROR}",
)
MAKE_VARIABLES = (
    "OPT_SLOW=-O0",  # what runs once
    "OPT_GLOBAL=-O2",  # Verilator's library
)
OPTIMISE = "-O2"
"""-O3 is not faster here, and takes longer to compile."""
TRAINING_CYCLES = 1_500_000
"""Limit of the training run: it takes half as many, more only if custom instructions hang."""


def recipe(units: tuple[HardwareUnit, ...]) -> dict:
    """Everything that shapes a simulator besides its design, for the cache key."""
    files = [p for p in HARNESS.iterdir() if p.suffix in (".cpp", ".h")]
    files += [TRAINING, Path(__file__), *PLATFORM.iterdir()]
    return {"files": hash_files(files, REPOSITORY), "instructions": _instructions_header(units)}


def verilate(soc: Path, folder: Path, traced: bool) -> None:
    """C++ of the model and a makefile for `folder/sim` into `folder/obj`."""
    for program in ("make", "g++"):
        find_program(program)
    soc, harness = plain(soc), plain(HARNESS)
    unused = harness / ("trace_off.cpp" if traced else "trace_fst.cpp")
    run(
        [
            str(verilator_program()),
            *VERILATOR_FLAGS,
            *(("--trace-fst",) if traced else ()),
            *("--top-module", TOP, "--Mdir", str(folder / "obj"), "-o", str(folder / "sim")),
            *("-CFLAGS", " ".join(("-std=c++17", *DEFINES, f"-I{soc}", f"-I{harness}"))),
            str(soc / "memories.vlt"),
            *(str(p) for p in sorted((soc / "verilog").glob("*.v"))),
            *(str(p) for p in sorted(harness.glob("*.cpp")) if p != unused),
        ],
        env=verilator_environment(),
    )


def compile_plain(folder: Path) -> None:
    """Compile what `verilate` has left in `folder`."""
    _make(folder, [OPTIMISE])


def compile_trained(
    soc: Path, boot_rom: Path, folder: Path, units: tuple[HardwareUnit, ...]
) -> None:
    """The same, with the profile of a training run on the SoC itself."""
    objects = folder / "obj"
    _make(folder, [OPTIMISE, "-fprofile-generate"], ["LDFLAGS=-fprofile-generate"])
    _train(soc, boot_rom, folder, units)
    for pattern in ("*.o", "*.gch"):
        for file in objects.glob(pattern):
            file.unlink()
    (folder / "sim").unlink()
    _make(folder, [OPTIMISE, "-fprofile-use", "-Wno-missing-profile"])


def _make(folder: Path, optimise: Sequence[str], variables: Sequence[str] = ()) -> None:
    run(
        [
            *(find_program("make"), "-C", str(folder / "obj"), "-f", f"V{TOP}.mk"),
            *("-j", str(os.cpu_count() or 1)),
            *MAKE_VARIABLES,
            *verilator_make_variables(),
            f"OPT_FAST={' '.join(optimise)}",
            *variables,
        ],
        env=verilator_environment(),
    )


def _train(soc: Path, boot_rom: Path, folder: Path, units: tuple[HardwareUnit, ...]) -> None:
    """Run the training program, so that the counters are written beside the objects."""
    (folder / "training_instructions.h").write_text(_instructions_header(units))
    program = folder / "training.bin"
    platform = [PLATFORM / name for name in ("start.S", "uart.c", "trap.c", "platform_sim.c")]
    script = memory_map.firmware_linker_script()
    includes = [PLATFORM, soc / "include", folder]
    link_raw([*platform, TRAINING], includes, script, program, ["-DDWPW_ERROR_TRAP=1"])
    command = [
        str(folder / "sim"),
        *("--max-cycles", str(TRAINING_CYCLES)),
        *("--load", f"0x{memory_map.ROM_BASE:x}:{boot_rom}"),
        *("--load", f"0x{memory_map.FIRMWARE_BASE:x}:{program}"),
    ]
    with child(command) as process:
        _, said = process.communicate()
    if process.returncode not in (0, STATUS_CYCLE_LIMIT):
        raise ToolError(
            f"the simulator's training run failed ({process.returncode}): {said.strip()}"
        )


def _instructions_header(units: tuple[HardwareUnit, ...]) -> str:
    """C function that executes every instruction once that does not reach memory."""
    lines = "".join(
        f'\t__asm__ volatile("{assembly(item, "t0", "%0", "%1")}" ::"r"(a), "r"(b) : "t0");\n'
        for unit in units
        for item in unit.instructions.harmless
    )
    return (
        "#include <stdint.h>\n\n"
        f"static inline void training_instructions(uint32_t a, uint32_t b)\n{{\n{lines}}}\n"
    )
