"""Runs a plan on a machine and gives its `RunLog`.

A run is some loads, in the words of docs/architecture.md: firmware, image and input tensors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from dwpw.errors import UserError
from dwpw.image.format import NO_FLAGS, Flag
from dwpw.machine import Machine
from dwpw.model import Graph
from dwpw.plan.image import SMALLER_MODEL, arena_offset, memory_needed, pack, require_fit
from dwpw.plan.planner import Plan
from dwpw.runlog import LogLine, RanCommand, RunLog, parse_line, parse_run_log
from soc import memory_map
from soc.config import MAIN_RAM_SIZES, MEGABYTE, engine_names
from soc.sim.simulate import STATUS_CYCLE_LIMIT, Command, Progress, Trace
from soc.sim.simulate import run as simulate

FIXED_CYCLES = 20_000_000
CYCLES_PER_MAC = 200
CYCLES_PER_ELEMENT = 500
"""What a run may take before it counts as hung: about four times what the slowest kernels need,
boot, checksums and printing included."""


LARGEST_OFFSET = (1 << 32) - 1
"""Of the words that say in an image where something lies."""


class Cancelled(Exception):
    """The user has interrupted; raised out of a run so that its simulator ends."""


@dataclass(frozen=True)
class Job:
    """One run: a plan, the image made from it, and the model's input tensors (int8).

    whole: the image asks for one count of the whole inference, with nothing between the layers.
    """

    plan: Plan
    image: bytes
    inputs: tuple[np.ndarray, ...]
    whole: bool = False

    @property
    def name(self) -> str:
        """The kernel set's name, and which of its two runs it is."""
        return self.plan.kernel_set.name + (" whole" if self.whole else "")


def make_job(
    plan: Plan,
    tensors: Sequence[np.ndarray],
    flags: Flag = NO_FLAGS,
    main_ram: int = MAIN_RAM_SIZES[-1],
) -> Job:
    """Pack the plan; `UserError` when it does not fit into so many bytes of main RAM."""
    image = pack(plan, flags)
    largest = main_ram == MAIN_RAM_SIZES[-1]
    holder = f"main RAM of {main_ram // MEGABYTE} MB{', the largest,' if largest else ''} has"
    remedy = SMALLER_MODEL if largest else f"use a larger --ram or {SMALLER_MODEL[4:]}"
    require_fit(plan, image, memory_map.image_region_size(main_ram), holder, remedy)
    return Job(plan, image, tuple(tensors), whole=Flag.WHOLE in flags)


def main_ram_for(jobs: Iterable[Job]) -> int:
    """Bytes of the smallest main RAM that holds each of these jobs, which `make_job` has made."""
    needed = max(memory_needed(job.plan, job.image) for job in jobs)
    return next(size for size in MAIN_RAM_SIZES if needed <= memory_map.image_region_size(size))


def make_board_job(plan: Plan, tensors: Sequence[np.ndarray], flags: Flag = NO_FLAGS) -> Job:
    """The same for what is behind a serial line: no board uses more than the usual main RAM."""
    image = pack(plan, flags)
    require_fit(plan, image, memory_map.IMAGE_REGION_SIZE)
    return Job(plan, image, tuple(tensors))


def make_host_job(plan: Plan, tensors: Sequence[np.ndarray], flags: Flag = NO_FLAGS) -> Job:
    """The same for this computer, where nothing but the image's format bounds the memory."""
    image = pack(plan, flags)
    require_fit(plan, image, LARGEST_OFFSET, "an image reaches")
    return Job(plan, image, tuple(tensors))


def whole_run(job: Job) -> Job:
    """The same inference measured as a whole."""
    return replace(job, image=pack(job.plan, Flag.WHOLE), whole=True)


def as_on_a_board(job: Job) -> Job:
    """The same run with what a board does between the layers: there the CPU computes checksums."""
    return replace(job, image=pack(job.plan, Flag.CPU_CHECKSUMS))


def cycle_limit(graph: Graph) -> int:
    """Cycles after which a run of this model has hung."""
    elements = sum(graph.tensors[operator.output].elements for operator in graph.operators)
    return FIXED_CYCLES + CYCLES_PER_MAC * graph.macs + CYCLES_PER_ELEMENT * elements


@dataclass(frozen=True)
class Observer:
    """Who wants to know how a run goes on; the callbacks may come from any thread.

    on_event: every machine-readable line, as its object; on_line: every line of the UART;
    on_progress: about once a second.
    """

    on_event: Callable[[Mapping[str, Any]], None] = lambda _: None
    on_line: Callable[[str], None] = lambda _: None
    on_progress: Callable[[Progress], None] = lambda _: None

    def hear(self, line: LogLine) -> None:
        """Tell about a line of the UART."""
        self.on_line(line.text)
        if line.event is not None:
            self.on_event(line.event)


NOBODY = Observer()


class Runner(Protocol):
    """What runs jobs, from any thread; `cancel` ends every run."""

    @property
    def cancel(self) -> threading.Event:
        """Set when nobody waits for the results any longer."""

    def run(self, job: Job, observer: Observer = NOBODY) -> RunLog:
        """The job's log; `UserError` when it does not reach its end."""


@dataclass(frozen=True)
class SimulatorRunner:
    """Runs jobs on the simulated SoC.

    max_cycles: where a run is ended; None is `cycle_limit` of its model.
    cancel: ends every run of this runner.
    """

    machine: Machine
    max_cycles: int | None = None
    cancel: threading.Event = field(default_factory=threading.Event)

    def run(
        self,
        job: Job,
        observer: Observer = NOBODY,
        trace: Trace | None = None,
        dump: Path | None = None,
    ) -> RunLog:
        """Simulate; `UserError` when the run does not reach its end."""
        lines: list[LogLine] = []
        commands: list[Command] = []
        limit = self.max_cycles or cycle_limit(job.plan.graph)

        def on_line(text: str) -> None:
            self._raise_if_cancelled()
            line = parse_line(text)
            lines.append(line)
            observer.hear(line)

        def on_progress(progress: Progress) -> None:
            self._raise_if_cancelled()
            observer.on_progress(progress)

        status = simulate(
            self.machine.simulator,
            loads(job, self.machine.firmware.read_bytes()),
            limit,
            on_line,
            on_progress,
            trace=trace,
            dump=dump,
            on_command=commands.append,
        )
        self._raise_if_cancelled()
        if status == STATUS_CYCLE_LIMIT:
            raise UserError(
                f"{job.name}: the run was ended at {limit:,} cycles; its last line was:"
                f" {last_line(lines)} (allow more with --max-cycles)"
            )
        return with_commands(read_log(job, lines), job, commands)

    def _raise_if_cancelled(self) -> None:
        if self.cancel.is_set():
            raise Cancelled


def loads(job: Job, firmware: bytes) -> list[tuple[int, bytes]]:
    """What has to lie in memory before the firmware starts: address, bytes."""
    arena = memory_map.IMAGE_BASE + arena_offset(len(job.image))
    inputs = zip(job.plan.inputs, map(content_of, job.inputs), strict=True)
    return [
        (memory_map.FIRMWARE_BASE, firmware),
        (memory_map.IMAGE_BASE, job.image),
        *((arena + place.offset, content) for place, content in inputs),
    ]


def content_of(tensor: np.ndarray) -> bytes:
    """The bytes of an int8 tensor."""
    return tensor.astype(np.int8).tobytes()


def last_line(lines: list[LogLine]) -> str:
    """The last line that says something."""
    return next((line.text for line in reversed(lines) if line.text.strip()), "(none)")


def read_log(job: Job, lines: list[LogLine]) -> RunLog:
    """What a run of the job has printed; `UserError` unless it is its complete log."""
    outputs = [place.size for place in job.plan.outputs] if job.whole else None
    log = parse_run_log(lines, len(job.plan.steps), outputs)
    if not job.whole:
        _require_planned_kernels(job, log)
    return log


def with_commands(log: RunLog, job: Job, commands: Iterable[Command]) -> RunLog:
    """The log with what the units' engines did in each layer."""
    names = engine_names(unit.hardware for unit in job.plan.target.units)
    found: list[dict[str, list[RanCommand]]] = [{name: [] for name in names} for _ in log.layers]
    for one in commands:
        if 0 <= one.layer < len(found):
            found[one.layer][names[one.engine]].append(RanCommand(one.start, one.end))
    layers = (
        replace(layer, commands={name: tuple(own) for name, own in ran.items()})
        for layer, ran in zip(log.layers, found, strict=True)
    )
    return replace(log, layers=tuple(layers))


def _require_planned_kernels(job: Job, log: RunLog) -> None:
    """A firmware with another kernel table would silently run something else."""
    for step, layer in zip(job.plan.steps, log.layers, strict=True):
        if step.kernel != layer.kernel:
            raise UserError(
                f"{step.operators[0].operator}: planned for {step.kernel}, but the firmware ran"
                f" {layer.kernel}; build the firmware again"
            )
