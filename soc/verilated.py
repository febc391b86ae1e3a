"""Verilog -> objects, by Verilator and the C++ compiler.

What an edit of the hardware changes is the model: its C++ is compiled in as many pieces as there
are cores.  Verilator's library is the same for all models, and comes from the cache of objects.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from soc.objects import Compilation, on_all_cores
from soc.plain_path import plain
from soc.toolchain import (
    find_program,
    run,
    verilator_environment,
    verilator_program,
    verilator_root,
)

FLAGS = (
    *("-std=c++17", "-pthread", "-DVERILATOR=1"),
    *(f"-DVM_{name}=0" for name in ("COVERAGE", "SC", "TIMING", "TRACE_VCD", "TRACE_SAIF")),
)
OFTEN, RARELY = "-O1", "-O0"
"""What runs in every cycle, and what runs once or only passes calls on."""


@dataclass(frozen=True)
class Model:
    """What Verilator makes of a design, and how it is compiled.

    top      the design's top module; classes and files are called Vtop...
    folder   of the model's C++
    traced   it can write waveforms
    folders  where more headers are looked for
    flags    of the compiler, beside FLAGS
    first    headers that come before the model's own in what runs in every cycle
    """

    top: str
    folder: Path
    traced: bool = False
    folders: tuple[Path, ...] = ()
    flags: tuple[str, ...] = ()
    first: tuple[Path, ...] = ()

    def translate(self, sources: Iterable[Path], flags: Sequence[str]) -> None:
        """Fill the folder with the C++ of a design; `flags` are Verilator's."""
        run(
            [
                *(str(verilator_program()), "--cc", *flags),
                *(("--trace-fst",) if self.traced else ()),
                *("--top-module", self.top, "--Mdir", str(plain(self.folder))),
                *(str(plain(source)) for source in sources),
            ],
            env=verilator_environment(),
        )

    def compilation(self, level: str) -> Compilation:
        """How sources that see the model are compiled."""
        library = verilator_root() / "include"
        trace = (f"-DVM_{name}={self.traced:d}" for name in ("TRACE", "TRACE_FST"))
        return Compilation(
            (find_program("g++"), *FLAGS, *trace, *self.flags, level),
            (library, library / "vltstd", self.folder, *self.folders),
        )

    def objects(self, also: Iterable[Path] = ()) -> list[Path]:
        """Compile the model, and sources that belong to it: they see its inside, and run rarely."""

        def compile_piece(numbered: tuple[int, tuple[str, Iterable[Path]]]) -> Path:
            number, (level, sources) = numbered
            compilation = self.compilation(level)
            piece = self.folder / f"piece{number}.cpp"
            output = piece.with_suffix(".o")
            piece.write_text("".join(f'#include "{source}"\n' for source in sources))
            run([*compilation.command, *compilation.includes, "-c", str(piece), "-o", str(output)])
            return output

        sources = sorted(self.folder.glob(f"V{self.top}*.cpp"))
        rarely = [source for source in sources if self._runs_rarely(source)]
        often = [source for source in sources if source not in rarely]
        pieces: list[tuple[str, list[Path]]] = [(RARELY, [*rarely, *also])]
        pieces += ((OFTEN, [*self.first, *piece]) for piece in even_pieces(often))
        return on_all_cores(compile_piece, enumerate(pieces))

    def library(self, build_root: Path) -> list[Path]:
        """Objects of what the model needs of Verilator's library."""
        classes = (self.folder / f"V{self.top}_classes.mk").read_text()
        names = re.findall(r"^ +(verilated\w*) ", classes, re.MULTILINE)
        sources = [verilator_root() / "include" / f"{name}.cpp" for name in names]
        return self.compilation(OFTEN).objects(build_root, sources)

    def link(self, objects: Iterable[Path], output: Path) -> None:
        """Objects -> program."""
        libraries = ("-llz4", "-lz") if self.traced else ()
        command = self.compilation(OFTEN).command
        run([*command, *(str(path) for path in objects), *libraries, "-o", str(output)])

    def _runs_rarely(self, source: Path) -> bool:
        return "Slow" in source.name or source.stem in (f"V{self.top}", f"V{self.top}__Dpi")


def even_pieces(sources: Iterable[Path]) -> list[list[Path]]:
    """The sources, shared out among the cores by size."""
    pieces: list[list[Path]] = [[] for _ in range(os.cpu_count() or 1)]
    sizes = [0] * len(pieces)
    for source in sorted(sources, key=lambda path: -path.stat().st_size):
        smallest = sizes.index(min(sizes))
        pieces[smallest].append(source)
        sizes[smallest] += source.stat().st_size
    return [piece for piece in pieces if piece]
