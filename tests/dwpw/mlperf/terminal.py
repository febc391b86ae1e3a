"""`dwpw mlperf --pty` as a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def device_terminal(repository: Path, model: Path, *options: str) -> Iterator[str]:
    """Name of the pseudo-terminal of the device for `model`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dwpw", "mlperf", str(model), "--pty", *options],
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
