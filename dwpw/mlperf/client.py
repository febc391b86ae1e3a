"""One measurement over the protocol, in the way of the benchmark's runner.

A full run of the benchmark is the business of MLCommons' own runner.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from dwpw.errors import UserError
from dwpw.serialport.line import Line

READY = "m-ready"
END_OF_COMMAND = b"%"
BYTES_PER_COMMAND = 31
TIMESTAMP = re.compile(r"m-lap-us-(\d+)")
RESULTS = re.compile(r"m-results-\[(.*)\]")
MICROSECONDS = 1e6


@dataclass(frozen=True)
class Lap:
    """An answer to `infer`: inferences, microseconds that they took, the last one's results."""

    inferences: int
    microseconds: int
    results: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Throughput as the runner reports it."""
        return self.inferences * MICROSECONDS / self.microseconds


class Device:
    """A device under test at the other end of a line.

    patience: seconds in which the next bytes of an answer have to come.
    """

    def __init__(self, line: Line, patience: float) -> None:
        self._line = line
        self._patience = patience
        self._heard = b""

    def wait_until_ready(self) -> list[str]:
        """The lines of an answer, without the last, which says that the device is ready."""
        lines: list[str] = []
        while True:
            text = self._next_line()
            if text == READY:
                return lines
            if text.startswith('{"dwpw":"error"'):
                raise UserError(f"{self._line.name}: the firmware stopped: {text}")
            lines.append(text)

    def ask(self, command: str) -> list[str]:
        """The answer to a command; `UserError` when it is an error."""
        self._line.write(command.encode() + END_OF_COMMAND)
        lines = self.wait_until_ready()
        for text in lines:
            if text.startswith("e-["):
                raise UserError(f"{self._line.name}: {command[:40]}: the device answers {text}")
        return lines

    def load(self, data: bytes, on_bytes: Callable[[int], None] = lambda _: None) -> None:
        """Fill the buffer; `on_bytes` is told how many bytes each command has brought."""
        self.ask(f"db load {len(data)}")
        for start in range(0, len(data), BYTES_PER_COMMAND):
            part = data[start : start + BYTES_PER_COMMAND]
            self.ask(f"db {part.hex()}")
            on_bytes(len(part))

    def infer(self, inferences: int, warm_ups: int) -> Lap:
        """Measure; `UserError` for an answer without its times."""
        lines = self.ask(f"infer {inferences} {warm_ups}")
        times = [int(found[1]) for found in map(TIMESTAMP.fullmatch, lines) if found]
        results = [found[1] for found in map(RESULTS.fullmatch, lines) if found]
        if len(times) != 2 or len(results) != 1 or times[1] <= times[0]:
            raise UserError(f"{self._line.name}: infer: no measurement in {' '.join(lines)}")
        values = tuple(float(value) for value in results[0].split(","))
        return Lap(inferences, times[1] - times[0], values)

    def _next_line(self) -> str:
        deadline = time.monotonic() + self._patience
        while b"\n" not in self._heard:
            part = self._line.read(max(0.0, deadline - time.monotonic()))
            if not part:
                raise UserError(
                    f"{self._line.name}: no answer for {self._patience:.0f} s; is the benchmark's"
                    " firmware there (dwpw mlperf), at this baud rate?"
                )
            deadline = time.monotonic() + self._patience
            self._heard += part
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode("ascii", "replace").strip("\r")
