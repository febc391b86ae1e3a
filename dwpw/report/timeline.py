"""A run as trace events, in the JSON that Perfetto and chrome://tracing open.

One microsecond of the picture is one cycle, so that every length is exact.  A kernel set is a
process; its rows are

- steps: every step of the plan, with the kernel that ran it inside, one behind the other as in the
  whole inference;
- cycles: what the cycles of the step went to, where they were counted.  Counters know how many
  there were and not when, so that the accounts of a step lie side by side in it, the largest first;
- a row for each engine of a unit: every command, by what it does and for which operator, where the
  simulator has watched; else how long it was busy in the step, where its work was counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from dwpw.comparison import ComparedLayer
from dwpw.ledger import ACCOUNTS, Ledger, LedgerLayer
from dwpw.report.names import layer_name, operator_name, shape_name

Event = dict[str, Any]

STEPS, WAITS = 1, 2
FIRST_ENGINE = 3
"""Numbers of the rows."""

BEGINNING = 0
RETIRED, AGAIN = "instructions", "executed again"
ONE_CYCLE = "1 us is 1 cycle"


@dataclass(frozen=True)
class Track:
    """A run layer by layer; name: of its kernel set.

    counted: the accounts of each layer, none on a SoC without counters.
    engines: of units, by the names of their counters or of what was watched.
    """

    name: str
    layers: Sequence[ComparedLayer]
    counted: Sequence[LedgerLayer] = ()
    engines: Sequence[str] = ()


def timeline_of(ledgers: Sequence[Ledger]) -> dict[str, Any]:
    """The document of runs whose cycles were accounted for."""
    tracks = [
        Track(
            ledger.comparison.runs[0].kernels,
            ledger.comparison.runs[0].layers,
            ledger.layers,
            tuple(event.name for event in ledger.events),
        )
        for ledger in ledgers
    ]
    return timeline(tracks, ledgers[0].comparison.soc.clock_hz)


def timeline(tracks: Sequence[Track], clock_hz: int) -> dict[str, Any]:
    """The document of runs, counted or not."""
    events = [event for number, track in enumerate(tracks, 1) for event in _track(number, track)]
    return {
        "displayTimeUnit": "ms",
        "otherData": {"unit": ONE_CYCLE, "clock_hz": clock_hz},
        "traceEvents": events,
    }


def _track(process: int, track: Track) -> Iterator[Event]:
    starts = [BEGINNING, *accumulate(layer.cycles for layer in track.layers)]
    yield _named("process_name", process, 0, f"{track.name} ({ONE_CYCLE})")
    yield _named("thread_name", process, STEPS, "steps")
    if track.counted:
        yield _named("thread_name", process, WAITS, "cycles, by cause")
    told = dict.fromkeys(name for layer in track.layers for name in layer.turns)
    engines = {**dict.fromkeys(track.engines), **told}
    rows = {engine: row for row, engine in enumerate(engines, FIRST_ENGINE)}
    for engine, row in rows.items():
        yield _named("thread_name", process, row, f"{engine}, busy")
    for layer, start in zip(track.layers, starts, strict=False):
        yield from _step(process, layer, start)
        yield from _commands(process, rows, layer, start)
    for layer, counted, start in zip(track.layers, track.counted, starts, strict=False):
        yield from _waits(process, counted, start)
        left = {engine: row for engine, row in rows.items() if engine not in layer.turns}
        yield from _engines(process, left, counted, start)


def _step(process: int, layer: ComparedLayer, start: int) -> Iterator[Event]:
    """A step, and inside it the kernel."""
    about = {
        "cycles": layer.cycles,
        "instructions": layer.instructions,
        "macs": layer.macs,
        "shape": shape_name(layer.shape),
        "operators": [operator.name for operator in layer.operators],
    }
    name = f"{layer.number} {layer_name(layer)}"
    yield _slice(process, STEPS, "step", name, start, layer.cycles, about)
    (kernel,) = layer.kernels
    cycles = {"cycles": layer.cycles}
    yield _slice(process, STEPS, "kernel", kernel, start, layer.cycles, cycles)


def _waits(process: int, layer: LedgerLayer, start: int) -> Iterator[Event]:
    """The accounts of a step, the largest first, from its start to its end at the most."""
    gaps = {gap: layer.counters[gap] for names in ACCOUNTS.values() for gap in names}
    cycles = {RETIRED: layer.instructions, **gaps, AGAIN: layer.again}
    end = start + layer.cycles
    for name, length in sorted(cycles.items(), key=lambda one: -one[1]):
        shown = min(length, end - start)  # counters start before a layer and stop behind it
        if shown > 0:
            yield _slice(process, WAITS, "cycles", name, start, shown, {"cycles": length})
            start += shown


def _commands(
    process: int, rows: Mapping[str, int], layer: ComparedLayer, start: int
) -> Iterator[Event]:
    """What each engine did when."""
    for engine, turns in layer.turns.items():
        for turn in turns:
            operator = layer.operators[turn.operator]
            about = {"cycles": turn.cycles, "waited": turn.waiting, "operator": operator.name}
            text = f"{turn.name} {operator.index} {operator_name(operator.kind, operator.window)}"
            begin = start + turn.start
            yield _slice(process, rows[engine], "command", text, begin, turn.cycles, about)


def _engines(
    process: int, rows: Mapping[str, int], layer: LedgerLayer, start: int
) -> Iterator[Event]:
    for engine, row in rows.items():
        busy = layer.counters.get(engine, 0)
        if busy:
            share = round(busy / layer.cycles, 4) if layer.cycles else 0
            about = {"cycles": busy, "share": share}
            yield _slice(process, row, "engine", engine, start, min(busy, layer.cycles), about)


def _slice(
    process: int,
    row: int,
    category: str,
    name: str,
    start: int,
    length: int,
    about: Mapping[str, Any],
) -> Event:
    return {
        "ph": "X",
        "pid": process,
        "tid": row,
        "cat": category,
        "name": name,
        "ts": start,
        "dur": length,
        "args": dict(about),
    }


def _named(kind: str, process: int, row: int, name: str) -> Event:
    return {"ph": "M", "pid": process, "tid": row, "name": kind, "args": {"name": name}}
