"""A pseudo-terminal for the runner, in front of the simulator's.

The runner gives a device five seconds for the next line of an answer, and a simulated inference may
take longer.  So while one runs, a comment comes every second, a line that no runner looks for.
Simulated time, which the device's timestamps tell, knows nothing of it.  While nobody has the
terminal open the simulator's clock stands still, as at `dwpw sim --pty`.
"""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable
from contextlib import suppress

from dwpw.mlperf.client import END_OF_COMMAND, READY

POLL_SECONDS = 0.02
SILENT_SECONDS = 1.0
CHUNK = 4096
READY_LINE = f"{READY}\r\n".encode()


class Answers:
    """Whether the device owes an answer, and whether a line could be put in between."""

    def __init__(self) -> None:
        self._owed = 0
        self._tail = b""
        self._between = True

    def asked(self, data: bytes) -> None:
        """Bytes on their way to the device."""
        self._owed += data.count(END_OF_COMMAND)

    def answered(self, data: bytes) -> None:
        """Bytes that the device has sent."""
        joined = self._tail + data
        self._owed = max(0, self._owed - joined.count(READY_LINE))
        self._tail = b"" if joined.endswith(READY_LINE) else joined[1 - len(READY_LINE) :]
        self._between = joined.endswith(b"\n")

    @property
    def may_comment(self) -> bool:
        """In the middle of an answer, between two lines."""
        return self._owed > 0 and self._between


class Relay:
    """Carries bytes between a new pseudo-terminal and the simulator's, until it is ended.

    comment: text for the line that says that the simulator is at work.
    """

    def __init__(self, simulator: str, comment: Callable[[], str]) -> None:
        self._simulator = simulator
        self._comment = comment
        self._ended = threading.Event()
        self._near, slave = os.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        os.close(slave)  # from now on it counts as hung up until somebody opens it

    def end(self) -> None:
        """Make `run` return."""
        self._ended.set()

    def run(self) -> None:
        """Serve one visitor after the other."""
        try:
            while not self._ended.is_set():
                if self._visited():
                    self._serve()
                time.sleep(POLL_SECONDS)
        finally:
            os.close(self._near)

    def _visited(self) -> bool:
        poll = select.poll()
        poll.register(self._near, select.POLLIN)
        return not any(event & select.POLLHUP for _, event in poll.poll(0))

    def _serve(self) -> None:
        """Carry bytes until the visitor leaves."""
        far = os.open(self._simulator, os.O_RDWR | os.O_NOCTTY)
        answers = Answers()
        heard = time.monotonic()
        try:
            while not self._ended.is_set() and self._visited():
                ready, _, _ = select.select([self._near, far], [], [], POLL_SECONDS)
                if self._near in ready:
                    data = os.read(self._near, CHUNK)
                    answers.asked(data)
                    _write(far, data)
                    heard = time.monotonic()
                if far in ready:
                    data = os.read(far, CHUNK)
                    answers.answered(data)
                    _write(self._near, data)
                    heard = time.monotonic()
                if time.monotonic() - heard > SILENT_SECONDS and answers.may_comment:
                    _write(self._near, f"m-[{self._comment()}]\r\n".encode())
                    heard = time.monotonic()
        except OSError:
            return  # the visitor has left in the middle, or the simulator has ended
        finally:
            with suppress(OSError):
                os.close(far)


def _write(end: int, data: bytes) -> None:
    while data:
        data = data[os.write(end, data) :]
