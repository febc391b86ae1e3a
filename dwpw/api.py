"""The commands as functions, for Python (docs/python.md); they print nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dwpw.comparison import Comparison
from dwpw.console.options import RunOptions, or_shipped, parse_kernel_sets, parse_ram
from dwpw.console.prepare import Prepared, compare_measured, compare_on, prepare, soc_info
from dwpw.engines import ENGINES, HOST, SIMULATOR
from dwpw.errors import UserError
from dwpw.hostengine.compiled import compiled_server
from dwpw.hostengine.engine import HostRunner
from dwpw.jobs import NOBODY, SimulatorRunner, make_host_job
from dwpw.ledger import make_ledger
from dwpw.machine import build_machine
from dwpw.paths import BUILD_ROOT
from dwpw.results import Compared, EstimatedArea, Explained
from dwpw.runlog import Measurement
from dwpw.sidebyside import measure_side_by_side, run_side_by_side
from dwpw.target.kernel_set import KernelSet
from dwpw.target.registry import DEFAULT_TARGET, find_target
from dwpw.target.target import Target
from soc.config import MEMORIES
from soc.fpga.estimate import estimate
from soc.scratch import scratch_folder

File = str | os.PathLike[str]
Inputs = None | File | np.ndarray | Sequence[File | np.ndarray]
Progress = Callable[[str], None]


def _nobody(_: str) -> None:
    pass


def compare(
    model: File | None = None,
    *,
    target: str | Target = DEFAULT_TARGET,
    kernels: str | Sequence[str] | None = None,
    input: Inputs = None,
    resize: bool = False,
    memory: str = MEMORIES[0],
    ram: str | None = None,
    engine: str = SIMULATOR,
    max_cycles: int | None = None,
    progress: Progress = _nobody,
) -> Compared:
    """Run a model with several kernel sets, every tensor checked, as `dwpw compare` does.

    model: a .tflite file; None is the shipped one, with an input of its own.
    target: as `--target` takes it, or a target.
    kernels: their names, "scalar,simd" or a list; None is all that the target has.
    input: a file or an array, or one for each input of the model; None is random values.
    resize, memory, ram, max_cycles: as the options of these names.
    engine: "simulator", or "host" for exactness without cycles.
    progress: told in words about every step that takes time.

    `UserError` or `soc.errors.ToolError` where the command would end with exit status 2.
    """
    if engine not in ENGINES:
        raise UserError(f"unknown engine '{engine}' (known: {', '.join(ENGINES)})")
    with _asked(model, target, input, resize, memory, max_cycles, ram) as asked:
        sets = _kernel_sets(asked.run.target, kernels)
        make = _on_host if engine == HOST else _simulated
        return Compared.of(make(asked, sets, progress))


def explain(
    model: File | None = None,
    *,
    target: str | Target = DEFAULT_TARGET,
    kernels: str | None = None,
    input: Inputs = None,
    resize: bool = False,
    memory: str = MEMORIES[0],
    ram: str | None = None,
    max_cycles: int | None = None,
    progress: Progress = _nobody,
) -> Explained:
    """Where the cycles of one kernel set go, as `dwpw explain` says; parameters as of `compare`.

    kernels: one set; None is the target's best.
    """
    with _asked(model, target, input, resize, memory, max_cycles, ram) as asked:
        run = asked.run
        prepared = asked.prepare([run.target.kernel_set(kernels or run.target.best_set)])
        (job,) = prepared.jobs
        machine = build_machine(prepared.target, progress, counters=True)
        runner = SimulatorRunner(machine, run.max_cycles)
        (measured,) = measure_side_by_side(runner, prepared.jobs, lambda _: NOBODY)
        comparison = compare_measured(prepared, machine, [measured])
        return Explained.of(make_ledger(comparison, job.plan, measured.layers))


def area(
    target: str | Target = DEFAULT_TARGET, *, seeds: int = 2, progress: Progress = _nobody
) -> EstimatedArea:
    """What a target's units take of the smallest ECP5 that holds them, and how fast they are, as
    `dwpw area` says.

    seeds: how often to place and route.
    """
    wanted = _target(target)
    wanted.require_units()
    found = estimate([unit.hardware for unit in wanted.units], seeds, BUILD_ROOT, progress)
    return EstimatedArea.of(found, wanted)


@dataclass(frozen=True)
class _Asked:
    """What a command would be told; arrays among the inputs are files of `folder`."""

    run: RunOptions
    folder: Path

    def prepare(self, sets: Sequence[KernelSet], **options: Any) -> Prepared:
        """As `dwpw.console.prepare.prepare`, and without that folder in what is said of inputs."""
        prepared = prepare(self.run, sets, **options)
        named = (
            replace(one, description=one.description.replace(f"{self.folder}/", ""))
            for one in prepared.inputs
        )
        return replace(prepared, inputs=tuple(named))


def _simulated(asked: _Asked, sets: Sequence[KernelSet], progress: Progress) -> Comparison:
    prepared = asked.prepare(sets)
    machine = build_machine(prepared.target, progress)
    runner = SimulatorRunner(machine, asked.run.max_cycles)
    measured = measure_side_by_side(runner, prepared.jobs, lambda _: NOBODY)
    return compare_measured(prepared, machine, measured)


def _on_host(asked: _Asked, sets: Sequence[KernelSet], progress: Progress) -> Comparison:
    runner = HostRunner(compiled_server(asked.run.target, progress))
    prepared = asked.prepare(sets, pack=make_host_job)
    logs = run_side_by_side(runner, prepared.jobs, lambda _: NOBODY)
    measured = [Measurement(layers=log, whole=log) for log in logs]
    return compare_on(prepared, replace(soc_info(asked.run.target), main_ram=None), measured, HOST)


def _target(given: str | Target) -> Target:
    return given if isinstance(given, Target) else find_target(given)


def _kernel_sets(target: Target, given: str | Sequence[str] | None) -> list[KernelSet]:
    one_text = given is None or isinstance(given, str)
    return parse_kernel_sets(target, given if one_text else ",".join(given))


@contextmanager
def _asked(
    model: File | None,
    target: str | Target,
    given: Inputs,
    resize: bool,
    memory: str,
    max_cycles: int | None,
    ram: str | None,
) -> Iterator[_Asked]:
    """Arrays are files as long as the block lasts."""
    listed = [] if given is None else [given] if _is_one(given) else list(given)
    with scratch_folder("dwpw-arrays-") as folder:
        files = [_file_of(one, folder / f"array{place}.npy") for place, one in enumerate(listed)]
        run = RunOptions(
            model=None if model is None else Path(model),
            inputs=tuple(files),
            resize=resize,
            target=_target(target).with_memory(memory),
            max_cycles=max_cycles,
            ram=None if ram is None else parse_ram(ram),
        )
        yield _Asked(or_shipped(run), folder)


def _is_one(given: Inputs) -> bool:
    return isinstance(given, (str, os.PathLike, np.ndarray))


def _file_of(given: File | np.ndarray, path: Path) -> str:
    """As `--input` takes it."""
    if not isinstance(given, np.ndarray):
        return os.fspath(given)
    np.save(path, given)
    return str(path)
