"""Which module imports which, read from the sources, and whether they go round in a circle.

Imports inside functions count: one that was put there because it would not work at the top of the
file hides a circle, it does not break it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Graph = Mapping[str, set[str]]
"""Module or folder -> those that it imports, itself left out."""


def module_graph(folders: Iterable[Path], root: Path) -> Graph:
    """Graph of all modules below `folders`; names are dotted and count from `root`."""
    files = {_module(path, root): path for folder in folders for path in folder.rglob("*.py")}
    return {
        module: set(_imported(module, path, files.keys())) - {module}
        for module, path in files.items()
    }


def folder_graph(modules: Graph) -> Graph:
    """The same with every folder of a room as one node; a room's own files stay by themselves.

    Folder "dwpw.plan" stands for dwpw.plan and everything below it.
    """
    folders = {module.rpartition(".")[0] for module in modules}

    def node(module: str) -> str:
        second = ".".join(module.split(".")[:2])
        return second if second in folders else module

    graph: dict[str, set[str]] = {}
    for module, imported in modules.items():
        graph.setdefault(node(module), set()).update(map(node, imported))
    return {name: imported - {name} for name, imported in graph.items()}


def circle(graph: Graph) -> list[str]:
    """Names along one circle, the first one again at the end; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1][::-1]  # graphlib lists them against the direction of the imports
    return []


def _module(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(module: str, path: Path, known: Iterable[str]) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                inside = f"{base}.{alias.name}"
                yield from (name for name in (inside, base) if name in known)
