"""What `dwpw renode` writes and runs: a model with several inputs, for several kernel sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dwpw import golden
from dwpw.comparison import Comparison
from dwpw.console.options import RunOptions
from dwpw.console.prepare import Prepared, compare_on, prepare, soc_info
from dwpw.engines import RENODE
from dwpw.inputfile import ModelInput
from dwpw.inputs import descriptions, random_tensors
from dwpw.machine import RENODE_PLATFORM, build_firmware
from dwpw.paths import BUILD_ROOT
from dwpw.renode.addresses import read_addresses
from dwpw.renode.export import Parts, RenodeRun, folder_files
from dwpw.renode.library import build_library, require_supported
from dwpw.renode.runner import run_in_renode
from dwpw.runlog import Measurement
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target
from soc.sim.simulator import elaborated

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Headers:
    """A SoC that needs no simulator (`dwpw.machine.Headers`)."""

    headers: Path


def prepare_for_renode(
    run: RunOptions, sets: Sequence[KernelSet], inputs: int
) -> tuple[Prepared, ...]:
    """The model with each of so many inputs: the one that was given, or random values of seed 0,
    then random values of seeds 1, 2, ...
    """
    require_supported(run.target)
    first = prepare(run, sets)
    # Others read where an input comes from; its folder is nobody's business.
    inputs_read = tuple(_without_folder(one, run.inputs) for one in first.inputs)
    first = replace(first, inputs=inputs_read)
    return (first, *(_with_seed(first, seed) for seed in range(1, inputs)))


def _without_folder(source: ModelInput, given: Sequence[str]) -> ModelInput:
    """With the name only of its file, which was given as FILE or NAME=FILE."""
    text = source.description
    for path in (Path(part) for one in given for part in (one, one.partition("=")[2]) if part):
        text = text.replace(str(path), path.name)
    return replace(source, description=text)


def _with_seed(first: Prepared, seed: int) -> Prepared:
    """The same with random values."""
    tensors = random_tensors(first.graph, seed)
    return replace(
        first,
        inputs=tuple(ModelInput(one, f"random values, seed {seed}") for one in tensors),
        jobs=tuple(replace(job, inputs=tensors) for job in first.jobs),
        golden=golden.golden_layers(first.graph, tensors, [None] * len(tensors)),
    )


def build_parts(target: Target, progress: Progress) -> Parts:
    """What is the same for every run: SoC, firmware, library.  No simulator is built."""
    headers = elaborated(target.soc_config(), BUILD_ROOT, progress) / "include"
    firmware = build_firmware(_Headers(headers), target, progress, platform=RENODE_PLATFORM)
    library = build_library(target, progress)
    return Parts(target, firmware.read_bytes(), library.read_bytes(), read_addresses(headers))


def runs_of(prepared: Sequence[Prepared]) -> tuple[tuple[RenodeRun, ...], ...]:
    """For each input, the runs of its jobs."""
    return tuple(
        tuple(RenodeRun(job, number, one.golden, descriptions(one.inputs)) for job in one.jobs)
        for number, one in enumerate(prepared)
    )


def files_for(prepared: Sequence[Prepared], progress: Progress) -> dict[str, bytes]:
    """Everything that Renode needs, by its name in the folder."""
    parts = build_parts(prepared[0].target, progress)
    return folder_files(parts, [run for row in runs_of(prepared) for run in row])


def compare_in_renode(
    program: str, folder: Path, prepared: Sequence[Prepared], progress: Progress
) -> tuple[Comparison, ...]:
    """A comparison for each input, from runs of the folder's scripts."""
    comparisons = []
    soc = soc_info(prepared[0].target)
    for one, runs in zip(prepared, runs_of(prepared), strict=True):
        measured = []
        for run in runs:
            progress(f"Renode runs {run.script}")
            log = run_in_renode(program, folder, run)
            measured.append(Measurement(layers=log, whole=log))  # the sum stands for the whole
        comparisons.append(compare_on(one, soc, measured, RENODE))
    return tuple(comparisons)
