"""Object files of C and C++ sources, each compiled once.

A program is compiled source by source, and an object depends on nothing but its own source, the
headers and the command: after an edit only what was edited is compiled, and what several programs
have in common is compiled once for all of them.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from soc.cache import cached, hash_files
from soc.toolchain import run

FOLDER = "objects"
"""Of the build cache."""

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Compilation:
    """How the sources of a program are compiled.

    command   the compiler's path, then flags that mean the same in every folder
    includes  header folders; they are searched in this order, and are not part of an object's key
    headers   text that changes with the content of any header that a source may include
    """

    command: tuple[str, ...]
    includes: tuple[str, ...]
    headers: str

    def object(self, build_root: Path, source: Path) -> Path:
        """The object file of `source`, from the cache unless it, a header or a flag changed."""
        key = {
            "command": self.command,
            "compiler": _version(self.command[0]),
            "headers": self.headers,
            "source": hash_files([source], source.parent),
        }

        def build(folder: Path) -> None:
            output = str(folder / f"{source.stem}.o")
            run([*self.command, *self.includes, "-c", str(source), "-o", output])

        return cached(build_root / FOLDER, source.stem, key, build) / f"{source.stem}.o"

    def objects(self, build_root: Path, sources: Iterable[Path]) -> list[Path]:
        """The object files of `sources`, in their order, compiled on all cores."""
        return on_all_cores(lambda source: self.object(build_root, source), sources)


def on_all_cores(work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """`work` on every task, for tasks that wait for programs; the results in their order."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, tasks))


def include_flags(folders: Sequence[Path]) -> tuple[str, ...]:
    """The folders as a compiler is told."""
    return tuple(f"-I{folder}" for folder in folders)


@functools.cache
def _version(compiler: str) -> str:
    return run([compiler, "--version"]).splitlines()[0]
