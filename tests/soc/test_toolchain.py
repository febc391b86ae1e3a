"""A failed program is one line, and that line says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from soc.errors import ToolError
from soc.toolchain import failure_reason, run, run_litex

OUTPUTS = {
    "a compiler's error before make's": (
        "make: Entering directory '/b/obj'\n"
        "g++ -c a.cpp\n"
        "a.cpp:3:1: warning: unused\n"
        "a.cpp:7:2: error: 'x' was not declared\n"
        "a.cpp:9:2: error: 'y' was not declared\n"
        "make: *** [Vsim.mk:60: a.o] Error 1\n"
        "make: Leaving directory '/b/obj'",
        "a.cpp:7:2: error: 'x' was not declared",
    ),
    "make has no rule": (
        "make: Entering directory '/b/obj'\n"
        "make: *** No rule to make target '/with', needed by 'main.o'.  Stop.\n"
        "make: Leaving directory '/b/obj'",
        "make: *** No rule to make target '/with', needed by 'main.o'.  Stop.",
    ),
    "make cannot read a makefile": (
        "make: Entering directory '/b/obj'\n"
        "Vsim.mk:30: /with: No such file or directory\n"
        "make: *** No rule to make target '/with'.  Stop.\n"
        "make: Leaving directory '/b/obj'",
        "make: *** No rule to make target '/with'.  Stop.",
    ),
    "the disk is full": (
        "make: Entering directory '/b/obj'\n"
        "a.cpp:7:2: error: something that follows\n"
        "{standard input}: Fatal error: can't write 20 bytes to a.o: 'No space left on device'\n"
        "make: *** [Vsim.mk:60: a.o] Error 1",
        "{standard input}: Fatal error: can't write 20 bytes to a.o: 'No space left on device'",
    ),
    "memory ran out": (
        "g++: fatal error: Killed signal terminated program cc1plus\n"
        "make: *** [Vsim.mk:60: a.o] Error 1",
        "g++: fatal error: Killed signal terminated program cc1plus",
    ),
    "Verilator complains": (
        "%Warning-WIDTH: a.v:3: wide\n%Error: a.v:7: no such module\n%Error: Exiting due to 1",
        "%Error: a.v:7: no such module",
    ),
    "the linker complains": (
        "/usr/bin/ld: a.o: in function `main':\na.c:3: undefined reference to `f'\n"
        "collect2: error: ld returned 1 exit status",
        "a.c:3: undefined reference to `f'",
    ),
    "Python raises": (
        "INFO:SoC:built\nTraceback (most recent call last):\n  File \"x.py\", line 3\n"
        "    raise ValueError(text)\nValueError: no such pins",
        "ValueError: no such pins",
    ),
    "a shell finds nothing": (
        "/bin/sh: 1: meson: not found\nmake: *** [Makefile:3: all] Error 127",
        "/bin/sh: 1: meson: not found",
    ),
    "only make speaks": (
        "make[1]: *** [Makefile:3: all] Error 2\nmake[1]: Leaving directory '/b'",
        "make[1]: *** [Makefile:3: all] Error 2",
    ),
    "something unheard of": ("first\nlast words\n\n", "last words"),
    "silence": ("", "no output"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_line_that_says_why_is_found(name: str) -> None:
    output, reason = OUTPUTS[name]
    assert failure_reason(output) == reason


def test_a_failed_program_is_one_line() -> None:
    with pytest.raises(ToolError) as caught:
        run(["sh", "-c", "echo 'a.c:1:1: error: bad'; echo more >&2; exit 3"])
    assert str(caught.value) == "sh failed (3): a.c:1:1: error: bad"


def test_a_full_disk_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/some/tmp")
    with pytest.raises(ToolError) as caught:
        run(["dd", "if=/dev/zero", "of=/dev/full", "count=1"], cwd=tmp_path)
    assert str(caught.value).endswith(
        f"No space left on device (free some in {tmp_path} and in /some/tmp)"
    )


def test_what_a_program_prints_comes_back() -> None:
    assert run(["echo", "grüezi"]) == "grüezi\n"


def test_a_process_of_ours_finds_units_of_other_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_unit.py").write_text(
        "import sys\nfrom pathlib import Path\nimport soc\nPath(sys.argv[1]).touch()\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", ".")
    (tmp_path / "elsewhere").mkdir()
    run_litex("own_unit", str(tmp_path / "ran"), folder=tmp_path / "elsewhere", env={})
    assert (tmp_path / "ran").exists()
