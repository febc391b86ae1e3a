"""Models are compiled with a sign extension of our own; it is Verilator's, but shorter."""

from __future__ import annotations

import subprocess
from pathlib import Path

from soc.toolchain import verilator_root


def test_signs_are_extended_as_verilator_extends_them(repository: Path, tmp_path: Path) -> None:
    library = verilator_root() / "include"
    folders = (library, library / "vltstd", repository / "soc" / "sim" / "harness")
    source, program = Path(__file__).parent / "extend_main.cpp", tmp_path / "extend"
    command = ["g++", "-std=c++17", *(f"-I{folder}" for folder in folders), "-o", program, source]
    subprocess.run(command, check=True)
    seen = subprocess.run([program], capture_output=True, text=True, check=True)
    assert seen.stdout == ""
