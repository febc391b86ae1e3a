"""A module's Verilog and a driver in C++, compiled into one program by Verilator."""

from __future__ import annotations

from pathlib import Path

from dwpw.paths import BUILD_ROOT
from soc import verilated
from soc.cache import cached, hash_files
from soc.toolchain import package_versions, program_version

FLAGS = ("-O3", "-Wno-fatal", "-Wno-lint", "--x-initial", "unique")
"""What is not reset starts with values of its own, so that no test relies on zeros."""

PROGRAM = "simulator"


def compiled_simulator(name: str, verilog: str, driver: Path) -> Path:
    """The program of the module `name` and `driver`, compiled once for all that want the same."""
    key = {
        "verilog": verilog,
        "sources": hash_files([driver, Path(verilated.__file__)], driver.parent),
        "flags": FLAGS,
        "packages": package_versions("verilator"),
        "compiler": program_version("g++"),
    }

    def build(folder: Path) -> None:
        source = folder / f"{name}.v"
        source.write_text(verilog)
        model = verilated.Model(name, folder / "model")
        model.translate([source], FLAGS)
        objects = [*model.objects(), *model.library(BUILD_ROOT)]
        compiled = model.compilation(verilated.OFTEN).objects(BUILD_ROOT, [driver])
        model.link([*objects, *compiled], folder / PROGRAM)

    return cached(BUILD_ROOT, f"{name}-simulator", key, build) / PROGRAM
