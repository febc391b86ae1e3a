"""Files of strangers: each ends in a result or in one line that names it, in 1 GiB and in time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from dwpw.hostengine.compiled import compiled_server
from soc.paths import REPOSITORY, python_path
from tests.support.hostile import hostile_file
from tests.support.hostile_worker import GOOD
from tests.support.targets import TARGET

BLOCK = 250
"""Files of one process."""

FILES = 1_000
MORE_FILES = 20_000


def endings(first: int, folder: Path) -> Counter[str]:
    """How the files of one block end, all of them well."""
    worker = [sys.executable, "-m", "tests.support.hostile_worker"]
    arguments = [str(compiled_server(TARGET)), str(folder), str(first), str(first + BLOCK)]
    # The threads of a linear algebra that nobody uses would take a good part of the memory.
    environment = {"PYTHONPATH": python_path(), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [*worker, *arguments],
        cwd=REPOSITORY,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.partition(" ") for line in done.stdout.splitlines()]
    for seed, _, ending in lines:
        assert ending in GOOD, f"file {seed}, {hostile_file(int(seed)).made}: {ending or 'died'}"
    assert (done.returncode, done.stderr) == (0, "")
    assert len(lines) == BLOCK
    return Counter(ending for _, _, ending in lines)


@pytest.mark.parametrize("first", range(0, FILES, BLOCK))
def test_a_hostile_file_ends_in_a_result_or_in_one_line(first: int, tmp_path: Path) -> None:
    found = endings(first, tmp_path)
    assert found["exact"] > 0  # some damage is to what nothing depends on
    assert found["refused"] > BLOCK // 2


@pytest.mark.full
@pytest.mark.parametrize("first", range(FILES, FILES + MORE_FILES, BLOCK))
def test_many_hostile_files_end_in_a_result_or_in_one_line(first: int, tmp_path: Path) -> None:
    endings(first, tmp_path)


def test_a_hostile_file_is_drawn_from_its_seed_alone() -> None:
    assert [hostile_file(seed) for seed in range(40)] == [hostile_file(seed) for seed in range(40)]
