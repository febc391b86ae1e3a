"""The handler in C#, compiled and run by Mono with a stand-in for Renode's CPU, where Mono is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compiler_intrinsics.encoding import encode
from dwpw.renode.library import HANDLER, build_library
from tests.support.random_program import random_program
from tests.support.targets import TARGET

pytestmark = pytest.mark.skipif(
    not (shutil.which("mcs") and shutil.which("mono")),
    reason="needs a C# compiler: apt-get install mono-mcs mono-runtime libmono-system-core4.0-cil",
)

CPU = Path(__file__).with_name("Cpu.cs")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The handler with a CPU around it."""
    output = tmp_path / "cpu.exe"
    sources = [str(CPU), str(HANDLER)]
    done = subprocess.run(["mcs", f"-out:{output}", *sources], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return output


def run(program: Path, library: Path, file: Path) -> subprocess.CompletedProcess:
    command = ["mono", str(program), str(library), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_answers_go_to_rd_and_x0_is_left_alone(program: Path, tmp_path: Path) -> None:
    (unit,) = TARGET.units
    instructions = unit.instruction_set
    drawn, answers = random_program(instructions, unit.geometry, 3, 20_000)
    lines, wanted = [], []
    for (item, a, b), answer in zip(drawn, answers, strict=True):
        word = encode(instructions, item.mnemonic, 7 if item.returns else 0, 5, 6)
        lines.append(f"{word} {a} {b}")
        wanted.append(answer if item.returns else (wanted or [0])[-1])
    file = tmp_path / "program"
    file.write_text("\n".join(lines))
    library = shutil.copy(build_library(TARGET), tmp_path / "the library.so")
    done = run(program, library, file)
    assert done.returncode == 0, done.stderr
    assert [int(line) for line in done.stdout.splitlines()] == wanted


def test_a_library_that_cannot_be_loaded_is_said(program: Path, tmp_path: Path) -> None:
    done = run(program, tmp_path / "none.so", tmp_path / "program")
    assert done.returncode == 1
    assert done.stdout == f"{tmp_path}/none.so: is no library of dwpw renode for this computer\n"
