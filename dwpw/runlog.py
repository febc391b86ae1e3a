"""What a run reports: one JSON object per UART line, gathered into a `RunLog`.

The lines are described in docs/architecture.md; a board and the simulator print the same ones.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

from dwpw.errors import UserError
from dwpw.image.format import VERSION

PREFIX = '{"dwpw":'
RUN_AGAIN = "load again, at a lower baud rate if it happens often"


@dataclass(frozen=True)
class LogLine:
    """A line of the UART; event: what it says to programs, None when it is for humans."""

    text: str
    event: Mapping[str, Any] | None


@dataclass(frozen=True)
class RanCommand:
    """A command of a unit's engine: when it started and was over, in cycles since the step did."""

    start: int
    end: int


@dataclass(frozen=True)
class RunLayer:
    """One step as it ran.

    index: of the step.  crcs: CRC-32 (zlib) of each tensor that it stored.
    counters: those of soc/counters.py, empty when the SoC has none.
    parts: cycles of its parts, where its kernel tells.
    commands: of each engine, in their order, where the simulator has watched.
    """

    index: int
    kernel: str
    cycles: int
    instructions: int
    crcs: tuple[int, ...]
    counters: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[int, ...] = ()
    commands: Mapping[str, tuple[RanCommand, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RunLog:
    """A run to its end.

    layers: empty when the inference was measured as a whole.
    cycles, instructions: of the inference; the sum over the layers when there are any.
    output: the model's output tensors, int8 values, one tensor behind the other.
    """

    clock_hz: int
    layers: tuple[RunLayer, ...]
    cycles: int
    instructions: int
    output: tuple[int, ...]


@dataclass(frozen=True)
class Measurement:
    """One kernel set's two runs: layer by layer, and the inference with nothing in between."""

    layers: RunLog
    whole: RunLog


def parse_line(text: str) -> LogLine:
    """A line of the UART, read once for all who want to know what it says."""
    return LogLine(text, parse_event(text))


def parse_event(line: str) -> Mapping[str, Any] | None:
    """The object of one UART line, None for text that is for humans (or was cut off)."""
    text = line.strip()
    if not text.startswith(PREFIX):
        return None
    try:
        event = json.loads(text)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def parse_run_log(
    lines: Iterable[LogLine], steps: int, outputs: Sequence[int] | None = None
) -> RunLog:
    """The log of a run of `steps` steps; `UserError` unless it is complete.

    outputs: bytes of each output where the inference was to be measured as a whole.
    """
    start: Mapping[str, Any] | None = None
    layers: list[RunLayer] = []
    measured: Mapping[str, Any] | None = None
    last = ""
    for line in lines:
        last = line.text.strip() or last
        event = line.event
        match event and event.get("dwpw"):
            case "start":
                start, layers, measured = event, [], None
                _require_version(event)
            case "layer":
                layers.append(_layer(event))
            case "counters":
                _attach_counters(layers, event)
            case "whole":
                measured = event
            case "error":
                raise UserError(error_text(event))
            case "end" if start is not None:
                log = _run_log(start, layers, event)
                if outputs is not None:
                    _require_whole(log, measured, outputs)
                else:
                    _require_layers(log, steps)
                return log
    raise UserError(f"the run ended before its result; its last line was: {last or '(none)'}")


def _run_log(
    start: Mapping[str, Any], layers: Iterable[RunLayer], end: Mapping[str, Any]
) -> RunLog:
    return RunLog(
        clock_hz=int(start["clock_hz"]),
        layers=tuple(layers),
        cycles=int(end["cycles"]),
        instructions=int(end["instructions"]),
        output=tuple(int(value) for value in end["output"]),
    )


def _layer(event: Mapping[str, Any]) -> RunLayer:
    return RunLayer(
        index=int(event["index"]),
        kernel=str(event["kernel"]),
        cycles=int(event["cycles"]),
        instructions=int(event["instructions"]),
        crcs=checksums(event),
        parts=tuple(int(cycles) for cycles in event.get("parts", ())),
    )


def checksums(event: Mapping[str, Any]) -> tuple[int, ...]:
    """The checksums in a line."""
    return tuple(int(crc, 16) for crc in event["crcs"])


def _attach_counters(layers: list[RunLayer], event: Mapping[str, Any]) -> None:
    """A counters line comes behind the lines of all layers."""
    index = int(event["index"])
    if index >= len(layers):
        raise UserError(f"the run log is damaged: counters of layer {index}, which did not run")
    counters = {name: int(value) for name, value in event.items() if name not in ("dwpw", "index")}
    layers[index] = replace(layers[index], counters=counters)


def error_text(event: Mapping[str, Any]) -> str:
    """A firmware error line in words."""
    stopped = f"the firmware stopped with error {event.get('code')} ({event.get('name')})"
    if "operator" in event:
        kernel = f" ({event['kernel']})" if "kernel" in event else ""
        if "status" in event:
            return (
                f"{stopped}: operator {event['operator']}{kernel} of the image ended with"
                f" {event['status']} at command {event.get('command')} of engine"
                f" {event.get('engine')}"
            )
        return (
            f"{stopped}: operator {event['operator']}{kernel} of the image has a wrong"
            f" '{event.get('what')}'"
        )
    more = ", ".join(
        f"{key} {value}" for key, value in event.items() if key not in ("dwpw", "code", "name")
    )
    return f"{stopped}{': ' + more if more else ''}"


def _require_version(event: Mapping[str, Any]) -> None:
    if event.get("version") != VERSION:
        raise UserError(
            f"the firmware is of version {event.get('version')}, this dwpw of version {VERSION};"
            " build the firmware again"
        )


def _require_layers(log: RunLog, steps: int) -> None:
    if [layer.index for layer in log.layers] != list(range(steps)):
        raise UserError(f"the run log is incomplete: {len(log.layers)} of {steps} layers arrived")
    cycles = sum(layer.cycles for layer in log.layers)
    instructions = sum(layer.instructions for layer in log.layers)
    _require_counts(log, "its layers sum up to", cycles, instructions)


def output_checksums(log: RunLog, sizes: Sequence[int]) -> tuple[int, ...]:
    """CRC-32 of each output; sizes: bytes of each."""
    values = bytes(value & 0xFF for value in log.output)
    ends = [*accumulate(sizes)]
    parts = [values[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    return tuple(map(zlib.crc32, parts)) if ends[-1] == len(values) else ()


def _require_whole(log: RunLog, measured: Mapping[str, Any] | None, sizes: Sequence[int]) -> None:
    if measured is None or log.layers:
        raise UserError("the run log is incomplete: it has no count of the whole inference")
    cycles, instructions = int(measured["cycles"]), int(measured["instructions"])
    _require_counts(log, "the inference took", cycles, instructions)
    if checksums(measured) != output_checksums(log, sizes):
        raise UserError(
            "the run log is damaged: its output does not have the checksum"
            f" {', '.join(measured['crcs'])} that was computed; {RUN_AGAIN}"
        )


def _require_counts(log: RunLog, where: str, cycles: int, instructions: int) -> None:
    """A digit that a line has lost must not pass for a result."""
    if (cycles, instructions) != (log.cycles, log.instructions):
        raise UserError(
            f"the run log is damaged: {where} {cycles:,} cycles and {instructions:,}"
            f" instructions, its end says {log.cycles:,} and {log.instructions:,}; {RUN_AGAIN}"
        )
