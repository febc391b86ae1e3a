"""A module's Verilog and a driver in C++, compiled into one program by Verilator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dwpw.paths import BUILD_ROOT
from soc import verilated
from soc.cache import cached, hash_files
from soc.toolchain import package_versions, program_version

FLAGS = ("-O3", "-Wno-fatal", "-Wno-lint", "--x-initial", "unique")
"""What is not reset starts with values of its own, so that no test relies on zeros."""

PROGRAM, LIBRARY = "simulator", "bench.so"


def compiled_simulator(name: str, verilog: str, driver: Path) -> Path:
    """The program of the module `name` and `driver`, compiled once for all that want the same."""

    def link(model: verilated.Model, folder: Path) -> None:
        compiled = model.compilation(verilated.OFTEN).objects(BUILD_ROOT, [driver])
        objects = [*model.objects(), *model.library(BUILD_ROOT), *compiled]
        model.link(objects, folder / PROGRAM)

    return _built(name, PROGRAM, verilog, hash_files([driver], driver.parent), link) / PROGRAM


def compiled_library(name: str, verilog: str, driver: str) -> Path:
    """The same as a shared library, of the text of a driver."""

    def link(model: verilated.Model, folder: Path) -> None:
        source = folder / "driver.cpp"
        source.write_text(driver)
        objects = [*model.objects([source]), *model.library(BUILD_ROOT)]
        model.link([*objects, "-shared"], folder / LIBRARY)

    return _built(name, LIBRARY, verilog, driver, link, ("-fPIC",)) / LIBRARY


def _built(
    name: str,
    kind: str,
    verilog: str,
    driver: str,
    link: Callable[[verilated.Model, Path], None],
    flags: tuple[str, ...] = (),
) -> Path:
    """Folder in which `link` has put a program or library; driver: what tells one from another."""
    key = {
        "verilog": verilog,
        "driver": driver,
        "sources": hash_files([Path(verilated.__file__)], Path(verilated.__file__).parent),
        "flags": FLAGS,
        "packages": package_versions("verilator"),
        "compiler": program_version("g++"),
    }

    def build(folder: Path) -> None:
        source = folder / f"{name}.v"
        source.write_text(verilog)
        model = verilated.Model(name, folder / "model", flags=flags)
        model.translate([source], FLAGS)
        link(model, folder)

    return cached(BUILD_ROOT, f"{name}-{Path(kind).stem}", key, build)
