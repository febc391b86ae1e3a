"""What MLCommons' Python runner does with a device, in our own words: for tests.

Read in github.com/mlcommons/tiny, benchmark/runner: serial_device.py (a reader that takes a byte at
a time, five seconds for each line), device_under_test.py (31 bytes in each `db`), script.py
(downloads, inferences, throughput), datasets.py (y_labels.csv: file, number of classes, class).
"""

from __future__ import annotations

import csv
import re
import time
from dataclasses import dataclass
from pathlib import Path

import serial

LINE_SECONDS = 5.0
READ_SECONDS = 0.1
BYTES_PER_COMMAND = 31


class NoResponse(Exception):
    """No line has come in time."""


class Runner:
    """A runner at an open port; a context manager that closes it."""

    def __init__(self, port: str) -> None:
        self._port = serial.Serial(port, 115200, timeout=READ_SECONDS)

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self._port.close()

    def write(self, data: bytes) -> None:
        """Send bytes and wait for nothing."""
        self._port.write(data)

    def read_line(self) -> str:
        """The next line; what is no text would raise, as it does there."""
        line, deadline = "", time.monotonic() + LINE_SECONDS
        while time.monotonic() < deadline:
            char = self._port.read(1).decode()
            if char == "\n":
                return line
            line += char if char not in "\r\0" else ""
        raise NoResponse(line)

    def read_answer(self) -> list[str]:
        """Lines up to the one with `m-ready`, and with it."""
        lines = [self.read_line()]
        while "m-ready" not in lines[-1]:
            lines.append(self.read_line())
        return lines

    def ask(self, command: str) -> list[str]:
        """A command and its answer."""
        self.write(command.encode())
        self.write(b"%")
        return self.read_answer()

    def profile(self) -> dict[str, str]:
        """Name, profile and model of the device."""
        lines = self.ask("name") + self.ask("profile")
        pattern = re.compile(r"^m-(name-dut|model|profile)-\[([^]]+)]$")
        return {match[1]: match[2] for match in map(pattern.match, lines) if match}

    def load(self, data: bytes) -> list[str]:
        """Fill the device's buffer; the answer to the last command."""
        answer = self.ask(f"db load {len(data)}")
        for start in range(0, len(data), BYTES_PER_COMMAND):
            answer = self.ask("db " + data[start : start + BYTES_PER_COMMAND].hex())
        return answer

    def infer(self, number: int, warm_ups: int) -> Inference:
        """Times and results; KeyError when the device has told none."""
        told: dict[str, object] = {}
        for line in self.ask(f"infer {number} {warm_ups}"):
            if match := re.match(r"^m-results-\[([^]]+)\]$", line):
                told["results"] = tuple(float(one) for one in match[1].split(",") if one.strip())
            elif match := re.match(r"^m-lap-us-([0-9]+)$", line):
                told["end" if "start" in told else "start"] = int(match[1])
        return Inference(number, told["end"] - told["start"], told["results"])


@dataclass(frozen=True)
class Inference:
    """What came of one `infer`."""

    number: int
    microseconds: int
    results: tuple[float, ...]

    @property
    def throughput(self) -> float:
        """Inferences per second."""
        return self.number / (self.microseconds / 1_000_000)


@dataclass(frozen=True)
class Truth:
    """A row of y_labels.csv."""

    file: Path
    label: int


def dataset(folder: Path) -> list[Truth]:
    """The rows of the dataset's truth file."""
    with (folder / "y_labels.csv").open() as file:
        return [Truth(folder / name, int(label)) for name, _, label in csv.reader(file)]


def performance(runner: Runner, truth: Truth, loops: int, number: int) -> list[Inference]:
    """Performance mode: the same file again and again, one warm-up each."""
    found = []
    for _ in range(loops):
        runner.load(truth.file.read_bytes())
        found.append(runner.infer(number, 1))
    return found


def accuracy(runner: Runner, truths: list[Truth]) -> float:
    """Accuracy mode: the share of files whose class gets the largest result."""
    right = 0
    for truth in truths:
        runner.load(truth.file.read_bytes())
        results = runner.infer(1, 0).results
        right += results.index(max(results)) == truth.label
    return right / len(truths)
