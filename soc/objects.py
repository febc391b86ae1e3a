"""Object files of C and C++ sources, each compiled once.

A program is compiled source by source, and an object depends on nothing but its command, its
source and the headers that this includes: after an edit only what the edit reaches is compiled, and
what several programs have in common is compiled once for all of them.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from soc.cache import cached, hash_files
from soc.toolchain import run

FOLDER = "objects"
"""Of the build cache."""

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^<>"]+)[>"]', re.MULTILINE)

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Compilation:
    """How the sources of a program are compiled.

    command  the compiler's path, then flags that mean the same in every folder
    folders  where headers are looked for, in this order
    foreign  the same for headers of others, which may cause warnings
    """

    command: tuple[str, ...]
    folders: tuple[Path, ...]
    foreign: tuple[Path, ...] = ()

    @property
    def includes(self) -> tuple[str, ...]:
        """The folders as a compiler is told."""
        others = (word for folder in self.foreign for word in ("-isystem", str(folder)))
        return (*(f"-I{folder}" for folder in self.folders), *others)

    def object(self, build_root: Path, source: Path) -> Path:
        """The object file of `source`, from the cache when all that it depends on is the same."""
        key = {
            "command": self.command,
            "compiler": _version(self.command[0]),
            "source": source.name,
            "content": _contents([source, *included(source, (*self.folders, *self.foreign))]),
        }

        def build(folder: Path) -> None:
            output = str(folder / f"{source.stem}.o")
            run([*self.command, *self.includes, "-c", str(source), "-o", output])

        return cached(build_root / FOLDER, source.stem, key, build) / f"{source.stem}.o"

    def objects(self, build_root: Path, sources: Iterable[Path]) -> list[Path]:
        """The object files of `sources`, in their order, compiled on all cores."""
        return on_all_cores(lambda source: self.object(build_root, source), sources)


def included(source: Path, folders: Iterable[Path]) -> list[Path]:
    """Every header that a source may include, directly or not: what lies beside it or in `folders`
    under the name that it is included by, behind whatever condition.

    A header of the compiler lies elsewhere; it changes with the compiler's version.
    """
    found: dict[Path, None] = {}
    waiting = [source]
    while waiting:
        file = waiting.pop()
        names = INCLUDE.findall(file.read_text(errors="replace"))
        for header in (folder / name for name in names for folder in (file.parent, *folders)):
            if header not in found and header.is_file():
                found[header] = None
                waiting.append(header)
    return sorted(found)


def on_all_cores(work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """`work` on every task, for tasks that wait for programs; the results in their order."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, tasks))


def _contents(files: Iterable[Path]) -> list[str]:
    """Name and hash of each file; not its folder, which may be one that a build has made."""
    return sorted(f"{file.name} {hash_files([file], file.parent)}" for file in files)


@functools.cache
def _version(compiler: str) -> str:
    return run([compiler, "--version"]).splitlines()[0]
