"""What a run reports: one JSON object per UART line, gathered into a `RunLog`.

The lines are described in docs/architecture.md; a board and the simulator print the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dwpw.errors import UserError

PREFIX = '{"dwpw":'
LOG_VERSION = 1


@dataclass(frozen=True)
class RunLayer:
    """One operator as it ran.

    crc: CRC-32 (zlib) of its output tensor.  counters: those of soc/counters.py, empty when the SoC
    has none.
    """

    index: int
    kernel: str
    cycles: int
    instructions: int
    crc: int
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class RunLog:
    """A whole run; cycles and instructions are those of the inference, output is int8 values."""

    clock_hz: int
    layers: tuple[RunLayer, ...]
    cycles: int
    instructions: int
    output: tuple[int, ...]


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


def parse_run_log(lines: Iterable[str], operators: int) -> RunLog:
    """The log of a run of `operators` operators; `UserError` unless it is complete."""
    start: Mapping[str, Any] | None = None
    layers: list[RunLayer] = []
    last = ""
    for line in lines:
        last = line.strip() or last
        event = parse_event(line)
        match event and event.get("dwpw"):
            case "start":
                start, layers = event, []
                _require_version(event)
            case "layer":
                layers.append(_layer(event))
            case "counters":
                _attach_counters(layers, event)
            case "error":
                raise UserError(error_text(event))
            case "end" if start is not None:
                _require_complete(layers, operators)
                return RunLog(
                    clock_hz=int(start["clock_hz"]),
                    layers=tuple(layers),
                    cycles=int(event["cycles"]),
                    instructions=int(event["instructions"]),
                    output=tuple(int(value) for value in event["output"]),
                )
    raise UserError(f"the run ended before its result; its last line was: {last or '(none)'}")


def _layer(event: Mapping[str, Any]) -> RunLayer:
    return RunLayer(
        index=int(event["index"]),
        kernel=str(event["kernel"]),
        cycles=int(event["cycles"]),
        instructions=int(event["instructions"]),
        crc=int(event["crc"], 16),
    )


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
        return (
            f"{stopped}: operator {event['operator']}{kernel} of the image has a wrong"
            f" '{event.get('what')}'"
        )
    more = ", ".join(
        f"{key} {value}" for key, value in event.items() if key not in ("dwpw", "code", "name")
    )
    return f"{stopped}{': ' + more if more else ''}"


def _require_version(event: Mapping[str, Any]) -> None:
    if event.get("version") != LOG_VERSION:
        raise UserError(
            f"the firmware speaks run log version {event.get('version')}, this dwpw"
            f" {LOG_VERSION}; build the firmware again"
        )


def _require_complete(layers: list[RunLayer], operators: int) -> None:
    if [layer.index for layer in layers] != list(range(operators)):
        raise UserError(f"the run log is incomplete: {len(layers)} of {operators} layers arrived")
