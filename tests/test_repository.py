"""The rules of the house that a machine can check: who imports whom, and what is committed."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.import_graph import circle, folder_graph, module_graph

MAY_IMPORT = {
    "compiler_intrinsics": set(),
    "rtl_ext": {"compiler_intrinsics"},
    "soc": {"compiler_intrinsics", "rtl_ext"},
    "firmware": set(),
    "dwpw": {"compiler_intrinsics", "rtl_ext", "soc"},
    "models": {"dwpw"},
    "tests": {"compiler_intrinsics", "rtl_ext", "soc", "dwpw", "models"},
}
"""Room -> other rooms that its Python may import (docs/architecture.md)."""

LONGEST_FILE = 350
"""Lines; style asks for about 300, and this leaves a little room for a table."""

LARGEST_FILE = 1 << 20
"""Bytes."""

CODE = {".py", ".c", ".h", ".cpp", ".hpp", ".S", ".ld", ".sh"}

MACHINE_PATH = re.compile(r"(?<![\w.{}$*-])/(?:home|root|Users|work|srv|mnt)/\w")
"""An absolute path that exists on somebody's machine only."""


def imported_rooms(source: str) -> set[str]:
    """First components of what `source` imports by an absolute name, at any depth."""
    rooms = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            rooms |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            rooms.add(node.module.partition(".")[0])
    return rooms & MAY_IMPORT.keys()


@pytest.fixture(scope="module")
def committed(repository: Path) -> list[Path]:
    """Every file that git has or would take."""
    if not (repository / ".git").exists() or not shutil.which("git"):
        pytest.skip("needs a checkout made by git: an archive does not say what is committed")
    command = "git -c safe.directory=* ls-files -z --cached --others --exclude-standard"
    listing = subprocess.run(
        command.split(), cwd=repository, check=True, capture_output=True, text=True
    ).stdout
    files = {repository / name for name in listing.split("\0") if name}
    return sorted(path for path in files if path.is_file())


def names(files: list[Path], repository: Path) -> list[str]:
    return [str(path.relative_to(repository)) for path in files]


@pytest.mark.parametrize(
    ("source", "rooms"),
    [
        ("import soc.sim.simulate as run", {"soc"}),
        ("from dwpw.model import read_model", {"dwpw"}),
        ("def f():\n    import rtl_ext", {"rtl_ext"}),
        ("from . import soc\nfrom .dwpw import x\nimport numpy", set()),
    ],
)
def test_imports_are_found_wherever_they_stand(source: str, rooms: set[str]) -> None:
    assert imported_rooms(source) == rooms


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_go_one_way(room: str, repository: Path) -> None:
    allowed = MAY_IMPORT[room] | {room}
    strays = {
        str(path.relative_to(repository)): wrong
        for path in (repository / room).rglob("*.py")
        if (wrong := imported_rooms(path.read_text()) - allowed)
    }
    assert strays == {}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a/x.py": "import a.y", "a/y.py": "def f():\n    from a import x"}, "a.x a.y"),
        ({"a/x.py": "from a.y import z", "a/y.py": "from .x import z"}, "a.x a.y"),
        ({"a/p/x.py": "from ..q import y", "a/q/y.py": "", "a/q/z.py": "import a.p.x"}, "a.p a.q"),
        ({"a/p/x.py": "from a.q import y", "a/q/y.py": "import a.r", "a/r.py": ""}, ""),
    ],
)
def test_circles_of_imports_are_found(files: dict[str, str], found: str, tmp_path: Path) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    modules = module_graph([tmp_path / "a"], tmp_path)
    assert " ".join(sorted(set(circle(modules) or circle(folder_graph(modules))))) == found


def test_no_modules_import_each_other_in_a_circle(repository: Path) -> None:
    modules = module_graph([repository / room for room in MAY_IMPORT], repository)
    assert circle(modules) == []


def test_no_folders_import_each_other_in_a_circle(repository: Path) -> None:
    modules = module_graph([repository / room for room in MAY_IMPORT], repository)
    assert circle(folder_graph(modules)) == []


def test_every_python_folder_is_a_room_with_a_rule(committed: list[Path], repository: Path) -> None:
    folders = {path.relative_to(repository).parts[0] for path in committed if path.suffix == ".py"}
    assert folders - MAY_IMPORT.keys() == set()


def test_code_files_fit_in_the_head(committed: list[Path], repository: Path) -> None:
    long = [
        path
        for path in committed
        if path.suffix in CODE and len(path.read_text().splitlines()) > LONGEST_FILE
    ]
    assert names(long, repository) == []


def test_no_file_is_over_a_megabyte(committed: list[Path], repository: Path) -> None:
    large = [path for path in committed if path.stat().st_size > LARGEST_FILE]
    assert names(large, repository) == []


@pytest.mark.parametrize(
    ("text", "is_machine_path"),
    [
        ("see /" + "home/me/dwpw", True),
        ('"/' + 'work/main"', True),
        ("docs/work/index.md", False),
        ("$(ROOT)/usr/lib", False),
    ],
)
def test_machine_paths_are_recognised(text: str, is_machine_path: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) == is_machine_path


def test_no_file_names_a_path_of_one_machine(committed: list[Path], repository: Path) -> None:
    naming = [
        path
        for path in committed
        if MACHINE_PATH.search(path.read_bytes().decode("utf-8", errors="replace"))
    ]
    assert names(naming, repository) == []
