"""`scripts/system_packages.sh` installs what is missing, and for each target what that needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

TABLE = """\
# name | package | needed for | all or part of the work, or tests | probe
true | there | everything | all | true
one | missing-for-all | everything | all | false
two | missing-for-part | something | part | test -e /none/such
three | missing-for-tests | tests | tests | false
four | there-for-tests | tests | tests | true
"""


@pytest.fixture
def scripts(repository: Path, tmp_path: Path) -> Path:
    """The scripts with TABLE, and an apt-get that writes its arguments down."""
    folder = tmp_path / "scripts"
    shutil.copytree(repository / "scripts", folder)
    (folder / "system_packages.txt").write_text(TABLE)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (
        ("apt-get", f'echo "$@" >>{tmp_path}/apt.log'),
        ("sudo", 'exec "$@"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    return folder


def installed(scripts: Path, *arguments: str) -> set[str]:
    """Packages that the script has asked apt-get for."""
    path = f"{scripts.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = [scripts / "system_packages.sh", *arguments]
    subprocess.run(command, env=os.environ | {"PATH": path}, check=True, capture_output=True)
    last = (scripts.parent / "apt.log").read_text().splitlines()[-1]
    return set(re.findall(r"\bmissing\S*|\bthere\S*", last))


def test_a_run_gets_what_it_needs_and_nothing_that_only_tests_need(scripts: Path) -> None:
    assert installed(scripts) == {"missing-for-all", "missing-for-part"}


def test_tests_get_what_they_need_as_well(scripts: Path) -> None:
    assert installed(scripts, "tests") == {
        "missing-for-all",
        "missing-for-part",
        "missing-for-tests",
    }


@pytest.mark.parametrize(
    ("target", "call"),
    [
        ("compare", "scripts/system_packages.sh"),
        ("bench", "scripts/system_packages.sh"),
        ("test", "scripts/system_packages.sh tests"),
        ("test-full", "scripts/system_packages.sh tests"),
        ("setup", "scripts/system_packages.sh tests"),
    ],
)
def test_every_target_installs_what_it_needs(target: str, call: str, repository: Path) -> None:
    command = ["make", "--dry-run", "--always-make", target]
    done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    assert call in done.stdout.splitlines()


def test_the_data_set_of_the_shipped_model_is_among_what_tests_need(repository: Path) -> None:
    table = (repository / "scripts" / "system_packages.txt").read_text().splitlines()
    records = [[field.strip() for field in line.split("|")] for line in table]
    assert ["dataset-fashion-mnist", "tests"] in [[r[1], r[3]] for r in records if len(r) == 5]
