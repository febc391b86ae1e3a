"""What takes Renode's place in tests: programs of its name that take its options."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli

RunDwpw = Callable[..., Result]
MakeProgram = Callable[[str], Path]


@pytest.fixture
def dwpw() -> RunDwpw:
    """Runs `dwpw renode ARGUMENTS`; a traceback fails the test."""

    def call(*arguments: object) -> Result:
        result = CliRunner().invoke(cli, ["renode", *map(str, arguments)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def fake_renode(tmp_path: Path) -> MakeProgram:
    """Makes a program `renode` that does what a shell script says: `$script` is the script's name
    and `$uart` the file that its UART would write."""

    def make(body: str) -> Path:
        program = tmp_path / "bin" / "renode"
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            "#!/bin/sh\n"
            'for script; do :; done\nuart="${script%.resc}.uart"\n'  # the last argument
            f"{body}\n"
        )
        program.chmod(0o755)
        return program

    return make


@pytest.fixture
def stand_in(fake_renode: MakeProgram, repository: Path) -> Path:
    """A program that runs the folder's files in another emulator."""
    module = "tests.dwpw.renode.stand_in"
    return fake_renode(f"PYTHONPATH='{repository}' exec '{sys.executable}' -m {module} \"$@\"")
