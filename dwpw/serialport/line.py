"""A serial line as a stream of bytes, with a limit on every wait."""

from __future__ import annotations

import contextlib
import os
import select
import time
from dataclasses import dataclass
from typing import Protocol

import serial

from dwpw.errors import UserError

CHUNK = 65536
WRITE_SECONDS = 30.0
"""For what is written at once, at most a frame; a simulator may stand still for a while."""


class Line(Protocol):
    """What the boot protocol and the run log need of a serial port.

    name: for messages
    """

    name: str

    def read(self, seconds: float) -> bytes:
        """What has come, at least one byte; b"" when nothing comes for `seconds`."""

    def write(self, data: bytes) -> None:
        """Send all of it."""


class SerialLine:
    """A serial port or pseudo-terminal of the system. A context manager."""

    def __init__(self, name: str, baud: int) -> None:
        self.name = name
        try:
            # Exclusive, because of two programs that read a port each gets half of the answers.
            self._port = serial.Serial(name, baud, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            raise UserError(f"{name}: cannot be opened: {_reason(error)}") from error
        # A USB adapter otherwise keeps each answer back for some 16 ms, in the hope of more.
        if hasattr(self._port, "set_low_latency_mode"):
            with contextlib.suppress(OSError, ValueError):  # not every adapter has the choice
                self._port.set_low_latency_mode(True)

    def __enter__(self) -> SerialLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._port.close()

    def read(self, seconds: float) -> bytes:
        """See Line; `UserError` when the port is gone."""
        try:
            ready, _, _ = select.select([self._port.fileno()], [], [], max(0.0, seconds))
            if not ready:
                return b""
            data = os.read(self._port.fileno(), CHUNK)
        except OSError as error:
            raise self._gone() from error
        if not data:
            raise self._gone()
        return data

    def write(self, data: bytes) -> None:
        """See Line; `UserError` when the port is gone or takes nothing."""
        deadline = time.monotonic() + WRITE_SECONDS
        rest = memoryview(data)
        while rest:
            left = deadline - time.monotonic()
            try:
                _, ready, _ = select.select([], [self._port.fileno()], [], max(0.0, left))
                if not ready:
                    raise UserError(f"{self.name}: takes no more bytes")
                rest = rest[os.write(self._port.fileno(), rest) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._gone() from error

    def _gone(self) -> UserError:
        return UserError(
            f"{self.name}: the connection was cut; is the cable plugged in, or has"
            " `dwpw sim --pty` ended?"
        )


def _reason(error: Exception) -> str:
    """Few words of what pyserial wraps in many."""
    number = getattr(error, "errno", None)
    if number is not None:
        return os.strerror(number).lower()
    if "lock" in str(error):
        return "another program has it open"
    return str(error)


@dataclass(frozen=True)
class Timing:
    """How long to wait for the other side, in seconds.

    quiet    a pause in what a BIOS prints means that it is at its end
    answer   to a frame; longer than the BIOS waits for a frame's missing bytes
    listen   for the request for a program
    connect  in all, until a program is asked for
    slowest  cycles per second that a run is allowed to fall to; None for the SoC's own clock
    """

    quiet: float
    answer: float
    listen: float
    connect: float
    slowest: int | None = None


BOARD = Timing(quiet=0.05, answer=1.0, listen=0.7, connect=15.0)
SIMULATOR = Timing(quiet=0.2, answer=60.0, listen=10.0, connect=180.0, slowest=200_000)
"""The simulated SoC is some 20 to 200 times slower than a board, and slower still beside others."""


def timing_of(port: str) -> Timing:
    """A pseudo-terminal has a simulator behind it."""
    return SIMULATOR if os.path.realpath(port).startswith("/dev/pts/") else BOARD
