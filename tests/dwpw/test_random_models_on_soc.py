"""Random models on the simulated SoC: every tensor is what the TFLite reference kernels compute.

The kernels' arithmetic is searched much more widely on the host (tests/firmware); these runs add
the compiler for RISC-V, the real extension, the caches and the SDRAM.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dwpw.check import first_wrong_element
from dwpw.golden import golden_layers
from dwpw.image.format import Flag
from dwpw.jobs import SimulatorRunner, make_job
from dwpw.machine import Machine, build_machine
from dwpw.plan.planner import plan
from dwpw.target.kernel_set import KernelSet
from soc.config import MEMORIES
from soc.sim.simulate import read_dump
from tests.support.exactness import read_bytes
from tests.support.random_models import KINDS, random_case
from tests.support.targets import KERNEL_SETS, SIMD, TARGET

LARGEST_SIDE = 6
"""Pixels; keeps the slowest model below a few million cycles."""

DOZEN = [*((kind, 0) for kind in KINDS), ("depthwise_3x3", 1), ("average_pool", 2)]
MODELS_PER_KIND = 5

by_kernel_set = pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)


def check_on_soc(
    machine: Machine, kernel_set: KernelSet, kind: str, seed: int, folder: Path
) -> None:
    """Run one model and compare all its tensors."""
    model, tensors = random_case(kind, seed, LARGEST_SIDE)
    graph = read_bytes(model, folder)
    dump = folder / "tensors.dump"
    job = make_job(plan(graph, TARGET, kernel_set, traced=True), tensors, Flag.DUMP_TENSORS)
    SimulatorRunner(machine).run(job, dump=dump)
    wrong = first_wrong_element(graph, golden_layers(graph, tensors), read_dump(dump))
    assert wrong is None, f"{kind}, seed {seed}: {wrong}"


@pytest.mark.parametrize(("kind", "seed"), DOZEN)
def test_random_models_are_exact_with_the_custom_instructions(
    kind: str, seed: int, tmp_path: Path
) -> None:
    machine = build_machine(TARGET, lambda _: None)
    check_on_soc(machine, SIMD, kind, seed, tmp_path)


@pytest.mark.full
@by_kernel_set
@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("kind", KINDS)
def test_many_random_models_are_exact(
    kind: str, memory: str, kernel_set: KernelSet, tmp_path: Path
) -> None:
    machine = build_machine(TARGET.with_memory(memory), lambda _: None)
    for seed in range(MODELS_PER_KIND):
        check_on_soc(machine, kernel_set, kind, seed, tmp_path)
