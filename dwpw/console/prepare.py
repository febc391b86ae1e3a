"""What every command that runs a model does first: read, check, plan, compute the golden layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from dwpw import golden
from dwpw.comparison import Comparison, compare_run
from dwpw.console.options import RunOptions
from dwpw.engines import SIMULATOR
from dwpw.errors import UserError
from dwpw.golden import GoldenLayers
from dwpw.image.format import NO_FLAGS, Flag
from dwpw.inputfile import ModelInput
from dwpw.inputs import descriptions, read_inputs
from dwpw.jobs import Job, main_ram_for, make_job
from dwpw.machine import Machine
from dwpw.model import Graph, read_model
from dwpw.plan.planner import Plan, plan
from dwpw.runlog import Measurement
from dwpw.soc_info import SocInfo
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target
from soc.config import MAIN_RAM_SIZES

NOT_EXACT = 1
"""Exit status when a tensor differs."""


@dataclass(frozen=True)
class Prepared:
    """A model with its inputs, ready to run: one job per kernel set.

    ram: bytes of main RAM that were asked for, None for what the jobs need.
    """

    graph: Graph
    inputs: tuple[ModelInput, ...]
    jobs: tuple[Job, ...]
    golden: GoldenLayers
    ram: int | None = None

    @property
    def target(self) -> Target:
        """The SoC to simulate: the one that was asked for, with main RAM for every job."""
        target = self.jobs[0].plan.target
        return replace(target, main_ram=self.ram or main_ram_for(self.jobs))


def prepare(
    run: RunOptions,
    sets: Sequence[KernelSet],
    flags: Flag = NO_FLAGS,
    pack: Callable[[Plan, Sequence[np.ndarray], Flag], Job] | None = None,
) -> Prepared:
    """Everything that can be refused without a build; `UserError` when it must be.

    Where tensors are to be dumped, those inside a step are stored too.
    pack: `make_job` for that main RAM if None, `make_board_job`, or `make_host_job` for this
    computer.
    """
    if pack is None:
        pack = partial(make_job, main_ram=run.ram or MAIN_RAM_SIZES[-1])
    try:
        graph = read_model(run.model)
        inputs = read_inputs(run.inputs, graph, run.resize)
        tensors = [one.tensor for one in inputs]
        traced = Flag.DUMP_TENSORS in flags
        plans = [plan(graph, run.target, one, traced) for one in sets]
        jobs = tuple(pack(one, tensors, flags) for one in plans)
        layers = golden.golden_layers(graph, tensors, [one.real for one in inputs])
        return Prepared(graph, inputs, jobs, layers, run.ram)
    except MemoryError as error:
        raise UserError(
            f"{run.model}: takes more memory than this computer has to spare; use a smaller model"
            " or close other programs"
        ) from error


def compare_measured(
    prepared: Prepared, machine: Machine, measured: Sequence[Measurement]
) -> Comparison:
    """The runs of all jobs on a simulated SoC, beside the golden layers."""
    return compare_on(prepared, soc_info(machine.target), measured)


def compare_on(
    prepared: Prepared,
    soc: SocInfo,
    measured: Sequence[Measurement],
    engine: str = SIMULATOR,
) -> Comparison:
    """The runs of all jobs beside the golden layers."""
    return Comparison(
        graph=prepared.graph,
        soc=soc,
        golden=golden.description(),
        inputs=descriptions(prepared.inputs),
        runs=tuple(
            compare_run(job.plan, one, prepared.golden)
            for job, one in zip(prepared.jobs, measured, strict=True)
        ),
        engine=engine,
    )


def soc_info(target: Target, memory: str | None = None) -> SocInfo:
    """The target as reports name it; `memory`: what a board calls its own."""
    return SocInfo(
        target=target.name,
        cpu=target.cpu,
        clock_hz=target.clock_hz,
        memory=memory or target.memory,
        extension=target.extension,
        main_ram=None if memory else target.main_ram,
    )
