"""Runs jobs behind a serial line: upload, start, and read the run log as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dwpw.errors import UserError
from dwpw.jobs import (
    CYCLES_PER_ELEMENT,
    CYCLES_PER_MAC,
    FIXED_CYCLES,
    NOBODY,
    Job,
    Observer,
    last_line,
    loads,
    read_log,
)
from dwpw.runlog import PREFIX, LogLine, RunLog, parse_line
from dwpw.serialport.line import Line, Timing
from dwpw.serialport.protocol import REQUEST, Loader
from soc import memory_map

LATE_SECONDS = 5.0
"""For the way of a line through adapter and system, on top of the time that it takes to run."""

LAST_EVENTS = ("end", "error")


@dataclass(frozen=True)
class SerialRunner:
    """Runs jobs on what is behind a line.

    firmware   raw bytes for FIRMWARE_BASE
    clock_hz   of the SoC
    on_upload  told before an upload how many bytes it has, then after each frame how many it
               brought
    """

    line: Line
    timing: Timing
    firmware: bytes
    clock_hz: int
    on_upload: Callable[[int, int], None] = lambda _total, _brought: None

    def run(self, job: Job, observer: Observer = NOBODY) -> RunLog:
        """Upload and run; `UserError` when the run does not reach its end."""
        heard = self._upload(job)
        lines: list[LogLine] = []
        for text in self._lines(heard, self._patience(job)):
            line = parse_line(text)
            lines.append(line)
            observer.hear(line)
            if line.event is not None:
                if line.event["dwpw"] in LAST_EVENTS:
                    break
            elif text == REQUEST.decode().strip():
                logged = [one for one in lines if one.text.startswith(PREFIX)]
                raise UserError(
                    f"{self.line.name}: the end of the run log did not arrive, and the board asks"
                    f" for a program again; the log's last line was: {last_line(logged)}"
                )
        return read_log(job, lines)

    def _upload(self, job: Job) -> bytes:
        """Start the job; what the line has said since."""
        parts = loads(job, self.firmware)
        total = sum(len(data) for _, data in parts)
        loader = Loader(self.line, self.timing)
        loader.connect()
        for address, data in parts:
            loader.load(address, data, lambda brought: self.on_upload(total, brought))
        return loader.jump(memory_map.FIRMWARE_BASE)

    def _patience(self, job: Job) -> float:
        """Seconds in which the next line has to come: what is measured between two lines may take
        as long as the slowest operator, or as all of them."""
        graph = job.plan.graph
        needed = [
            CYCLES_PER_MAC * operator.macs
            + CYCLES_PER_ELEMENT * graph.tensors[operator.output].elements
            for operator in graph.operators
        ]
        cycles = FIXED_CYCLES + (sum(needed) if job.whole else max(needed))
        return LATE_SECONDS + cycles / (self.timing.slowest or self.clock_hz)

    def _lines(self, heard: bytes, patience: float) -> Iterator[str]:
        """Complete lines, `heard` first; `UserError` when none comes for `patience` seconds."""
        last = ""
        deadline = time.monotonic() + patience
        while True:
            *complete, heard = heard.split(b"\n")
            for text in complete:
                last = text.decode("utf-8", "replace").strip("\r")
                deadline = time.monotonic() + patience
                yield last
            part = self.line.read(deadline - time.monotonic())
            if not part:
                raise UserError(
                    f"{self.line.name}: nothing came for {patience:.0f} s in the middle of a run;"
                    f" the last line was: {last or '(none)'}"
                )
            heard += part
