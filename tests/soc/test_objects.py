"""What an edit compiles again, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from soc.errors import ToolError
from soc.objects import Compilation, included
from soc.toolchain import find_program


class Program:
    """Two sources and their headers; `compiled()` names what has been compiled since last asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.flags: tuple[str, ...] = ()
        files = {
            "one.c": '#include "common.h"\nint one(void) { return COMMON; }\n',
            "two.c": '#  include <own.h>\n#include "generated.h"\nint two(void) { return OWN; }\n',
            "headers/common.h": "#define COMMON 1\n",
            "headers/own.h": "#if GENERATED\n#include <deep/inner.h>\n#endif\n#define OWN 2\n",
            "headers/deep/inner.h": "#define INNER 3\n",
            "headers/stray.h": "#define STRAY 4\n",
            "made/generated.h": "#define GENERATED 1\n",
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        compiler = folder / "compiler"
        real = find_program("gcc")
        compiler.write_text(f'#!/bin/sh\necho "$@" >>{self.log}\nexec {real} "$@"\n')
        compiler.chmod(0o755)
        self.compiler = compiler

    def edit(self, name: str) -> None:
        file = self.folder / name
        file.write_text(file.read_text() + "// edited\n")

    def compiled(self, made: str = "made") -> list[str]:
        """Compile, and say which sources the compiler was given."""
        self.log.write_text("")
        compilation = Compilation(
            (str(self.compiler), "-Wall", *self.flags),
            (self.folder / "headers",),
            foreign=(self.folder / made,),
        )
        sources = [self.folder / "one.c", self.folder / "two.c"]
        objects = compilation.objects(self.folder / "build", sources)
        assert [file.name for file in objects] == ["one.o", "two.o"]
        assert all(file.is_file() for file in objects)
        calls = [line for line in self.log.read_text().splitlines() if " -c " in line]
        return sorted(Path(line.split(" -c ")[1].split()[0]).name for line in calls)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A program that has been compiled."""
    program = Program(tmp_path)
    assert program.compiled() == ["one.c", "two.c"]
    return program


def test_nothing_is_compiled_again_when_nothing_changed(program: Program) -> None:
    assert program.compiled() == []


@pytest.mark.parametrize(
    ("edited", "again"),
    [
        ("one.c", ["one.c"]),
        ("headers/common.h", ["one.c"]),
        ("headers/own.h", ["two.c"]),
        ("headers/deep/inner.h", ["two.c"]),
        ("made/generated.h", ["two.c"]),
        ("headers/stray.h", []),
    ],
)
def test_an_edit_compiles_what_it_reaches(program: Program, edited: str, again: list[str]) -> None:
    program.edit(edited)
    assert program.compiled() == again


def test_another_flag_is_another_object(program: Program) -> None:
    program.flags = ("-O1",)
    assert program.compiled() == ["one.c", "two.c"]


def test_the_same_headers_in_another_folder_are_the_same(program: Program) -> None:
    (program.folder / "made").rename(program.folder / "elsewhere")
    assert program.compiled("elsewhere") == []


def test_a_header_that_comes_to_lie_before_another_one_is_seen(program: Program) -> None:
    (program.folder / "common.h").write_text("#define COMMON 5\n")
    assert program.compiled() == ["one.c"]


def test_an_error_is_the_compilers_and_leaves_no_object(program: Program) -> None:
    (program.folder / "one.c").write_text("int one(void) { return missing; }\n")
    for _ in range(2):
        with pytest.raises(ToolError, match=r"one\.c:1:\d+: error: .missing. undeclared"):
            program.compiled()


def test_headers_that_include_each_other_are_found_once(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text('#include "b.h"\n')
    (tmp_path / "b.h").write_text('#include "a.h"\n#include <stdint.h>\n')
    source = tmp_path / "x.c"
    source.write_text('#include "a.h"\n')
    assert included(source, [tmp_path]) == [tmp_path / "a.h", tmp_path / "b.h"]
