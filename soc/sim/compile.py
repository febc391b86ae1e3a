"""Verilog and harness -> simulator binary.

What an edit of the hardware changes is the model: its C++ is compiled in as many pieces as there
are cores, at the level at which it runs fastest.  Harness and Verilator's library are the same for
all models, and come from the cache of objects (`soc.objects`).

A second compilation with the profile of a short run makes the simulation 5 to 10 % faster, which is
less than it costs to compile for any run of less than some 100 million cycles; -O3 gains nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from soc.cache import hash_files
from soc.objects import Compilation, include_flags, on_all_cores
from soc.plain_path import plain
from soc.sim.status import STATUS_CYCLE_LIMIT, STATUS_SETUP_ERROR
from soc.toolchain import (
    find_program,
    package_versions,
    run,
    verilator_environment,
    verilator_program,
    verilator_root,
)

HARNESS = Path(__file__).parent / "harness"
TRACING = {True: "trace_fst.cpp", False: "trace_off.cpp"}
"""The file of the harness that is for traced models, and the one for others."""

TOP = "sim"
VERILATOR_FLAGS = (
    *("--cc", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "--flatten"),
    # small enough for pieces of equal size
    *("--output-split", "4000", "--output-split-cfuncs", "2000"),
    *("-Wno-fatal", "-Wno-lint", "--quiet-stats"),
)
COMPILER_FLAGS = (
    *("-std=c++17", "-pthread", "-DVERILATOR=1"),
    *(f"-DVM_{name}=0" for name in ("COVERAGE", "SC", "TIMING", "TRACE_VCD", "TRACE_SAIF")),
    f"-DSIM_STATUS_CYCLE_LIMIT={STATUS_CYCLE_LIMIT}",
    f"-DSIM_STATUS_SETUP_ERROR={STATUS_SETUP_ERROR}",
)
OFTEN, RARELY = "-O2", "-O0"
"""What runs in every cycle, and what runs once or only passes calls on."""


def recipe() -> str:
    """Text that changes with everything that shapes a simulator besides its design."""
    files = [p for p in HARNESS.iterdir() if p.suffix in (".cpp", ".h")]
    return hash_files([*files, Path(__file__)], Path(__file__).parent)


def compile_simulator(soc: Path, folder: Path, build_root: Path, traced: bool) -> None:
    """`folder/sim`, from the folder that `soc.sim.elaborate` has filled."""
    model = folder / "model"
    _verilate(soc, model, traced)
    compiler = (find_program("g++"), *COMPILER_FLAGS, *_trace_flags(traced))
    folders = [root := verilator_root() / "include", root / "vltstd", model, HARNESS]
    includes = include_flags(folders)

    def compile_piece(numbered: tuple[int, tuple[str, Iterable[Path]]]) -> Path:
        number, (level, sources) = numbered
        piece = model / f"piece{number}.cpp"
        piece.write_text("".join(f'#include "{source}"\n' for source in sources))
        run([*compiler, level, *includes, "-c", str(piece), "-o", str(piece.with_suffix(".o"))])
        return piece.with_suffix(".o")

    rarely = [*_model_sources(model, RARELY), soc / "sim_layout.cpp"]
    pieces = [(OFTEN, piece) for piece in _even_pieces(_model_sources(model, OFTEN))]
    objects = on_all_cores(compile_piece, enumerate([*pieces, (RARELY, rarely)]))
    objects += _common_objects(model, compiler, includes, build_root, traced)
    libraries = ("-llz4", "-lz") if traced else ()
    run([*compiler, *map(str, objects), *libraries, "-o", str(folder / "sim")])


def _verilate(soc: Path, model: Path, traced: bool) -> None:
    """The model's C++."""
    soc = plain(soc)
    run(
        [
            *(str(verilator_program()), *VERILATOR_FLAGS),
            *(("--trace-fst",) if traced else ()),
            *("--top-module", TOP, "--Mdir", str(plain(model)), str(soc / "memories.vlt")),
            *(str(p) for p in sorted((soc / "verilog").glob("*.v"))),
        ],
        env=verilator_environment(),
    )


def _trace_flags(traced: bool) -> tuple[str, ...]:
    return tuple(f"-DVM_{name}={traced:d}" for name in ("TRACE", "TRACE_FST"))


def _model_sources(model: Path, level: str) -> list[Path]:
    """Verilator's sources, without those that are compiled at the other level."""

    def runs_rarely(source: Path) -> bool:
        return "Slow" in source.name or source.stem in (f"V{TOP}", f"V{TOP}__Dpi")

    sources = sorted(model.glob(f"V{TOP}*.cpp"))
    return [source for source in sources if runs_rarely(source) == (level == RARELY)]


def _even_pieces(sources: Iterable[Path]) -> list[list[Path]]:
    """The sources, shared out among the cores."""
    pieces: list[list[Path]] = [[] for _ in range(os.cpu_count() or 1)]
    sizes = [0] * len(pieces)
    for source in sorted(sources, key=lambda path: -path.stat().st_size):
        smallest = sizes.index(min(sizes))
        pieces[smallest].append(source)
        sizes[smallest] += source.stat().st_size
    return [piece for piece in pieces if piece]


def _common_objects(
    model: Path, compiler: tuple[str, ...], includes: tuple[str, ...], root: Path, traced: bool
) -> list[Path]:
    """Harness, and what the model needs of Verilator's library."""
    verilator = str(package_versions("verilator"))
    # Of the model the harness sees no more than the pins.
    headers = hash_files([*HARNESS.glob("*.h"), model / f"V{TOP}.h"], model)
    harness = Compilation((*compiler, OFTEN), includes, verilator + headers)
    library = Compilation((*compiler, OFTEN), includes, verilator)
    names = re.findall(r"^ +(verilated\w*) ", (model / f"V{TOP}_classes.mk").read_text(), re.M)
    return [
        *harness.objects(
            root, [p for p in sorted(HARNESS.glob("*.cpp")) if p.name != TRACING[not traced]]
        ),
        *library.objects(root, [verilator_root() / "include" / f"{name}.cpp" for name in names]),
    ]
