"""Runs jobs behind a serial line: upload, start, and read the run log as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dwpw.errors import UserError
from dwpw.load.line import Line, Timing
from dwpw.load.protocol import REQUEST, Loader
from dwpw.model import Graph
from dwpw.run import (
    CYCLES_PER_ELEMENT,
    CYCLES_PER_MAC,
    FIXED_CYCLES,
    NOBODY,
    Job,
    Observer,
    last_line,
    loads,
    require_planned_kernels,
)
from dwpw.runlog import PREFIX, RunLog, parse_event, parse_run_log
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
        lines: list[str] = []
        for line in self._lines(heard, self._patience(job.plan.graph)):
            lines.append(line)
            observer.on_line(line)
            event = parse_event(line)
            if event is not None:
                observer.on_event(event)
                if event["dwpw"] in LAST_EVENTS:
                    break
            elif line == REQUEST.decode().strip():
                logged = [text for text in lines if text.startswith(PREFIX)]
                raise UserError(
                    f"{self.line.name}: the end of the run log did not arrive, and the board asks"
                    f" for a program again; the log's last line was: {last_line(logged)}"
                )
        log = parse_run_log(lines, len(job.plan.operators))
        require_undamaged(log)
        require_planned_kernels(job, log)
        return log

    def _upload(self, job: Job) -> bytes:
        """Start the job; what the line has said since."""
        parts = loads(job, self.firmware)
        total = sum(len(data) for _, data in parts)
        loader = Loader(self.line, self.timing)
        loader.connect()
        for address, data in parts:
            loader.load(address, data, lambda brought: self.on_upload(total, brought))
        return loader.jump(memory_map.FIRMWARE_BASE)

    def _patience(self, graph: Graph) -> float:
        """Seconds in which the next line has to come: what the slowest operator may take."""
        slowest = max(
            CYCLES_PER_MAC * operator.macs
            + CYCLES_PER_ELEMENT * graph.tensors[operator.output].elements
            for operator in graph.operators
        )
        return LATE_SECONDS + (FIXED_CYCLES + slowest) / (self.timing.slowest or self.clock_hz)

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


def require_undamaged(log: RunLog) -> None:
    """A digit that the line has lost must not pass for a result."""
    cycles = sum(layer.cycles for layer in log.layers)
    instructions = sum(layer.instructions for layer in log.layers)
    if (cycles, instructions) != (log.cycles, log.instructions):
        raise UserError(
            "the run log is damaged: its layers sum up to"
            f" {cycles:,} cycles and {instructions:,} instructions, its end says {log.cycles:,} and"
            f" {log.instructions:,}; load again, at a lower baud rate if it happens often"
        )
