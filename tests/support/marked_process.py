"""A program with everything that it starts: followed by a mark in the environment."""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

PATIENCE_SECONDS = 120
"""On a busy machine; what is waited for takes a second or two."""

GONE_SECONDS = 10
"""How long a killed process may take to be gone, on a machine with much else to do."""


class MarkedProcess:
    """A running program; `children()` are the processes that come from it, however they left it."""

    def __init__(self, command: Sequence[str], **environment: str) -> None:
        self._mark = f"DWPW_TEST_MARK={uuid.uuid4()}"
        name, _, value = self._mark.partition("=")
        self.process = subprocess.Popen(
            command,
            env=os.environ | environment | {name: value},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> MarkedProcess:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in (self.process.pid, *self.children()):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        self.process.communicate()

    def children(self) -> list[int]:
        """Numbers of all processes with the mark, the program itself left out."""
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal() or int(folder.name) == self.process.pid:
                continue
            try:
                marked = self._mark.encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:  # ended, or somebody else's
                continue
            if marked:
                found.append(int(folder.name))
        return found

    def children_left(self) -> list[int]:
        """The children that are still there after a moment: a killed one may need it to go."""
        end = time.monotonic() + GONE_SECONDS
        while (left := self.children()) and time.monotonic() < end:
            time.sleep(0.05)
        return left

    def wait_for(self, happened: Callable[[], object]) -> None:
        """Until that is so; the test fails when the program ends before, or it takes too long."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < end
            time.sleep(0.05)

    def end(self) -> tuple[int, str]:
        """Exit status and everything printed, when it has ended by itself."""
        printed, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, printed
