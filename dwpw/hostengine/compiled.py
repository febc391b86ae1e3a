"""Compiles the firmware of a target, with all its kernel sets, for this computer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from compiler_intrinsics import header as intrinsics
from dwpw.compiled_for import seen_by, written
from dwpw.errors import UserError
from dwpw.hostengine.server import AnswerPart
from dwpw.image import c_header
from dwpw.paths import BUILD_ROOT, FIRMWARE
from dwpw.target.target import Target
from dwpw.target.unit import Unit
from soc.cache import cached
from soc.objects import Compilation, on_all_cores
from soc.toolchain import find_program, run

LANGUAGE = (
    *("-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra"),
    "-Dalways_inline=unused",
)
"""The hundreds of loops of shapes stay functions: the same statements, as fast here where an
instruction is a call, compiled in half the time."""
OPTIMISED = ("-O2",)
"""For users; tests want sanitizers instead."""

SOC_ONLY = ("main.c", "memory.c")
"""Of `firmware/runtime/`: the entry, and what a C library has here."""

HOST = FIRMWARE / "host"
MACHINE = ("answer.c", "main_ram.c", "platform_host.c", "server.c")
"""Of `firmware/host/`; meanings of instructions come with their units."""


def compiled_server(
    target: Target,
    progress: Callable[[str], None] = lambda _: None,
    flags: Sequence[str] = OPTIMISED,
) -> Path:
    """The program, from the build cache when nothing has changed.

    progress: told in words when something is compiled.  `UserError` for a unit without a meaning
    in C.
    """
    command = (find_program("gcc"), *LANGUAGE, *flags)
    sources = [*host_sources(target), tables(target)]
    progress("preparing the firmware for this computer")
    objects = on_all_cores(
        lambda source: compilation(command, source, target).object(BUILD_ROOT, source), sources
    )

    def build(folder: Path) -> None:
        run([*command, *map(str, objects), "-o", str(folder / "server")])

    # An object's place tells what it was compiled from.
    return cached(BUILD_ROOT, "host", {"objects": [str(o) for o in objects]}, build) / "server"


def host_sources(target: Target) -> Iterator[Path]:
    """Every C file: the runtime but for SOC_ONLY, all kernel sets, and this computer's part."""
    runtime = (FIRMWARE / "runtime").glob("*.c")
    yield from sorted(path for path in runtime if path.name not in SOC_ONLY)
    for one in target.kernel_sets:
        yield from sorted(one.sources.glob("*.c"))
    yield from (HOST / name for name in MACHINE)
    for unit in target.units:
        if unit.c_meaning is None:
            raise UserError(
                f"target {target.name}: unit {unit.name} names no C file with the meaning of its"
                " instructions, which --engine host needs: set Unit.c_meaning, or take --engine"
                " simulator"
            )
        sources = sorted(unit.c_meaning.glob("*.c")) if unit.c_meaning.is_dir() else []
        if not sources and not unit.c_meaning.is_file():
            raise UserError(
                f"target {target.name}: {unit.c_meaning}, the meaning of {unit.name}'s"
                " instructions in C, is no file: mend Unit.c_meaning, or take --engine simulator"
            )
        yield from sources or [unit.c_meaning]


def compilation(command: tuple[str, ...], source: Path, target: Target) -> Compilation:
    """How a source is compiled."""
    generated = written({"dwpw_answer.h": c_header.enum_text(AnswerPart)})
    folders = (FIRMWARE / name for name in ("include", "host", "runtime"))
    return Compilation(command, (*folders, generated, seen_by(source, target).headers(_meanings)))


def tables(target: Target) -> Path:
    """The generated source with the table of kernels."""
    name = "dwpw_tables.c"
    return written({name: c_header.tables_source(target.kernels)}) / name


def _meanings(units: Iterable[Unit]) -> str:
    """Text of `dwpw_intrinsics.h`: instructions are calls of their meanings."""
    return "".join(intrinsics.generate_host(unit.instruction_set, unit.geometry) for unit in units)
