"""Runs a simulator with bytes preloaded into its memories."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soc import memory_map
from soc.errors import ToolError
from soc.processes import child
from soc.scratch import scratch_folder
from soc.sim.simulator import Simulator
from soc.sim.status import STATUS_CYCLE_LIMIT, STATUS_SETUP_ERROR

__all__ = ["STATUS_CYCLE_LIMIT", "Command", "Progress", "Trace", "read_dump", "run"]

Load = tuple[int, bytes]
"""CPU address, bytes."""


@dataclass(frozen=True)
class Progress:
    """How far a run has come: clock cycles since reset, and mean speed in cycles per second."""

    cycles: int
    hz: float
    ended: bool


@dataclass(frozen=True)
class Command:
    """One that an engine of a unit has carried out.

    engine: its place in `soc.config.engine_names`.
    layer: in which it ended, counted from 0 by the firmware's writes to the counters.
    start, end: cycles since that layer began; it may start while the one before is not over.
    """

    engine: int
    layer: int
    start: int
    end: int


@dataclass(frozen=True)
class Trace:
    """Waveform wanted: an FST file of the cycles start <= cycle < end.

    layer: of those cycles, only those in which the firmware runs its n-th layer, counted from 0.
    """

    file: Path
    start: int = 0
    end: int | None = None
    layer: int | None = None


def run(
    simulator: Simulator,
    loads: Sequence[Load],
    max_cycles: int | None,
    on_line: Callable[[str], None],
    on_progress: Callable[[Progress], None] = lambda _: None,
    trace: Trace | None = None,
    dump: Path | None = None,
    on_terminal: Callable[[str], None] | None = None,
    on_command: Callable[[Command], None] = lambda _: None,
) -> int:
    """Simulate until the firmware ends the run; its exit code (0..99).

    simulator    from `soc.sim.simulator.build_simulator`
    loads        what to put into memory before the first cycle; the boot ROM is added unless one
                 of them lies at ROM_BASE
    max_cycles   the run is ended with STATUS_CYCLE_LIMIT at this cycle; None is no limit
    on_line      called with every line that the UART prints, without its newline
    on_progress  called about once a second and at the end, from another thread
    trace        needs a simulator built with `traced=True`
    dump         file for the ranges that the firmware hands over; see `read_dump`
    on_terminal  makes the UART a pseudo-terminal, and is called with its name; the clock stands
                 still while no program has it open, and on_line is not called
    on_command   called with every command of the units' engines, from that other thread

    An exception (also one that a callback raises, also KeyboardInterrupt) ends the simulator.
    """
    if all(address != memory_map.ROM_BASE for address, _ in loads):
        loads = [*loads, (memory_map.ROM_BASE, simulator.boot_rom.read_bytes())]
    files = {f"{number}.bin": data for number, (_, data) in enumerate(loads)}
    with scratch_folder("dwpw-sim-", files) as folder:
        command = [
            str(simulator.binary),
            *_load_arguments(loads, [folder / name for name in files]),
            *(("--max-cycles", str(max_cycles)) if max_cycles is not None else ()),
            *_trace_arguments(trace),
            *(("--dump", str(dump)) if dump else ()),
            *(("--uart", "pty") if on_terminal else ()),
        ]
        hears = {
            "progress": lambda message: on_progress(_progress(message)),
            "end": lambda message: on_progress(_progress(message)),
            "command": lambda message: on_command(_command(message)),
            "terminal": lambda message: (on_terminal or _ignore)(message["name"]),
        }
        with child(command) as process:
            return _follow(process, on_line, hears)


def read_dump(file: Path) -> Iterator[bytes]:
    """The ranges in a dump file, in the order in which the firmware handed them over."""
    data = file.read_bytes()
    position = 0
    while position < len(data):
        start = position + 4
        length = int.from_bytes(data[position:start], "little")
        if start + length > len(data):
            raise ToolError(f"{file} is truncated: {start + length - len(data)} bytes are missing")
        yield data[start : start + length]
        position = start + length


def _load_arguments(loads: Iterable[Load], files: Iterable[Path]) -> Iterator[str]:
    for (address, _), file in zip(loads, files, strict=True):
        yield from ("--load", f"0x{address:x}:{file}")


def _trace_arguments(trace: Trace | None) -> Iterator[str]:
    if trace is None:
        return
    yield from ("--trace", str(trace.file), "--trace-start", str(trace.start))
    if trace.end is not None:
        yield from ("--trace-end", str(trace.end))
    if trace.layer is not None:
        yield from ("--trace-layer", str(trace.layer))


def _follow(
    process: subprocess.Popen,
    on_line: Callable[[str], None],
    hears: Mapping[str, Callable[[Mapping[str, Any]], None]],
) -> int:
    """hears: kind of a message -> who is told; others are the reason of a failure."""
    messages: list[str] = []
    failures: list[Exception] = []

    def read_messages() -> None:
        with process.stderr:
            try:
                for line in process.stderr:
                    message = _message(line)
                    if message["sim"] in hears:
                        hears[message["sim"]](message)
                    else:
                        messages.append(line.strip())
            except Exception as error:  # a callback's: it belongs to the caller's thread
                failures.append(error)
                process.kill()

    reader = threading.Thread(target=read_messages, daemon=True)
    reader.start()
    for line in process.stdout:
        on_line(line.rstrip("\r\n"))
    status = process.wait()
    reader.join()
    if failures:
        raise failures[0]
    if status == STATUS_SETUP_ERROR or status < 0:
        reason = "; ".join(messages) or f"ended by signal {-status}"
        raise ToolError(f"the simulator failed: {reason}")
    return status


def _message(line: str) -> Mapping[str, Any]:
    """One line of the simulator's stderr; text that is not the harness's own has kind ""."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    return message if isinstance(message, dict) and "sim" in message else {"sim": ""}


def _ignore(_: str) -> None:
    pass


def _progress(message: Mapping[str, Any]) -> Progress:
    cycles, ended = message["cycles"], message["sim"] == "end"
    hz = cycles / max(message["seconds"], 1e-3) if ended else message["hz"]
    return Progress(cycles, hz, ended)


def _command(message: Mapping[str, Any]) -> Command:
    return Command(*(message[name] for name in ("engine", "layer", "start", "end")))
