"""A command of dwpw that stands behind a pseudo-terminal, as a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def terminal_of(repository: Path, *command: str) -> Iterator[str]:
    """Name of the pseudo-terminal that `dwpw COMMAND` opens; the process ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dwpw", *command],
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("terminal: /dev/pts/")
        yield line.split()[1]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
