"""The wheel: what is in it, and that it works far from any clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dwpw.paths import BUILD_ROOT, SHIPPED_MODEL
from dwpw.wheel import PLACE

PACKAGES = ("compiler_intrinsics", "dwpw", "rtl_ext", "soc")
PYTHON = (".py", ".pyc")

EXACT = "All 90 tensors are bit-exact with the golden layers."


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the clone: setuptools leaves files beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    clone = folder / "clone"
    left_out = shutil.ignore_patterns(".*", "build", "tests", "__pycache__", "*.egg-info")
    shutil.copytree(repository, clone, ignore=left_out)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel")
    done = subprocess.run(
        [*pip, *options, "--wheel-dir", str(folder), str(clone)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """A folder of packages with ours in it."""
    folder = tmp_path / "packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def elsewhere(tmp_path: Path, **variables: str) -> dict[str, object]:
    """Options of a process far from any clone, whose cache is below `tmp_path`."""
    folder = tmp_path / "elsewhere"
    folder.mkdir(exist_ok=True)
    left_out = {"PYTHONPATH", "DWPW_BUILD"}
    inherited = {name: value for name, value in os.environ.items() if name not in left_out}
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    return {"cwd": folder, "env": inherited | cache | variables}


def test_what_lies_beside_the_packages_is_in_the_wheel(wheel: Path, repository: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder, suffixes in (("firmware", {".c", ".h", ".S", ".cs"}), ("models/inputs", {".png"})):
        sources = {path for path in (repository / folder).rglob("*") if path.suffix in suffixes}
        assert len(sources) > 10
        assert {f"{PLACE}/{path.relative_to(repository)}" for path in sources} <= names
    for package in PACKAGES:
        others = {path for path in (repository / package).rglob("*.*") if path.suffix not in PYTHON}
        others -= set((repository / package).rglob("README.md"))
        assert {str(path.relative_to(repository)) for path in others} <= names
    assert f"{PLACE}/models/{SHIPPED_MODEL.name}" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == set(PACKAGES)


def test_the_shipped_model_is_exact_far_from_any_clone(installed: Path, tmp_path: Path) -> None:
    # What is compiled is the same, so that the clone's cache saves a minute.
    options = elsewhere(tmp_path, PYTHONPATH=str(installed), DWPW_BUILD=str(BUILD_ROOT))
    command = [sys.executable, "-m", "dwpw", "compare", "--engine", "host", "--no-layers"]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr
    assert EXACT in done.stdout
    assert str(installed) in done.stdout
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (installed / "build").exists()


def test_the_doctor_finds_its_lists_there(installed: Path, tmp_path: Path) -> None:
    options = elsewhere(tmp_path, PYTHONPATH=str(installed))
    command = [sys.executable, "-m", "dwpw", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert "riscv64-unknown-elf-gcc" in done.stdout or "gcc-riscv64" in done.stdout
    assert done.stderr == ""


@pytest.mark.full
def test_an_empty_environment_compares_the_shipped_model(
    wheel: Path, repository: Path, tmp_path: Path
) -> None:
    environment = tmp_path / "venv"
    options = elsewhere(tmp_path)
    options["env"] |= {"PIP_CONSTRAINT": str(repository / "constraints.txt")}

    def call(*command: object) -> str:
        words = [str(word) for word in command]
        done = subprocess.run(words, capture_output=True, text=True, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    call(sys.executable, "-m", "venv", environment)
    call(environment / "bin" / "python", "-m", "pip", "install", "--quiet", wheel)
    assert EXACT in call(environment / "bin" / "dwpw", "compare", "--no-layers")
    code = "import dwpw; print(dwpw.compare(engine='host').exact)"
    assert call(environment / "bin" / "python", "-c", code) == "True\n"
    assert (tmp_path / "cache" / "dwpw" / "objects").is_dir()
    assert list((tmp_path / "elsewhere").iterdir()) == []
