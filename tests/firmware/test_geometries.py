"""Every size of the unit computes the same tensors, or the planner says which kernel needs what."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from compiler_intrinsics.simd.geometry import Geometry
from dwpw.errors import UserError
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.target.registry import find_target
from dwpw.target.target import Target
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware, build_server
from tests.support.random_models import KINDS, random_case

SMALL = "param_groups=2,results=4,rows=4,store_entries=16,patch_words=8,queue=2"
LOPSIDED = "param_groups=16,results=8,rows=8,store_entries=1024,patch_words=32"
"""Larger in one place and smaller in the others."""

SIZES = tuple(vars(Geometry()))
DRAWN = 10
LEAST, MOST = 1, 11
"""Powers of two that sizes are drawn from, whatever a chip has room for."""


def target_of(sizes: str) -> Target:
    return find_target(f"simd-16,{sizes}")


def drawn(seed: int) -> str:
    rng = random.Random(seed)
    chosen = rng.sample(SIZES, rng.randint(2, len(SIZES)))
    return ",".join(f"{name}={1 << rng.randint(LEAST, MOST)}" for name in chosen)


@contextmanager
def running(target: Target) -> Iterator[HostFirmware]:
    with HostFirmware(build_server(target)) as firmware:
        yield firmware


def check(target: Target, models: int, folder: Path) -> int:
    """Run random models of every kind; how many of them were refused."""
    refused = 0
    (simd,) = (one for one in target.kernel_sets if one.name == "simd")
    with running(target) as firmware:
        for kind in KINDS:
            for seed in range(models):
                model, tensors = random_case(kind, seed)
                graph = read_bytes(model, folder)
                try:
                    check_model(firmware, graph, simd, tensors, target)
                except UserError:
                    refused += 1
                except AssertionError as error:
                    error.add_note(f"{target.name}: kind {kind}, seed {seed}")
                    raise
    return refused


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param(SMALL, id="small", marks=pytest.mark.full),
        pytest.param(LOPSIDED, id="lopsided"),
    ],
)
def test_other_sizes_compute_the_same_tensors(sizes: str, tmp_path: Path) -> None:
    assert check(target_of(sizes), 20, tmp_path) == 0


@pytest.mark.full
@pytest.mark.parametrize("seed", range(DRAWN))
def test_sizes_drawn_at_random_are_exact_or_refused(seed: int, tmp_path: Path) -> None:
    sizes = drawn(seed)
    refused = check(target_of(sizes), 30, tmp_path)
    too_small = {"rows=2", "store_entries=2"} & set(sizes.split(","))
    assert (refused > 0) == bool(too_small), sizes


@pytest.fixture
def depthwise(tmp_path: Path) -> Graph:
    """A model whose only operator is a depthwise 3x3 that `simd` takes."""
    wanted = target_of("rows=4")
    for seed in range(100):
        graph = read_bytes(random_case("depthwise_3x3", seed)[0], tmp_path)
        planned = plan(graph, wanted, wanted.kernel_set("simd"))
        if planned.steps[0].kernel == "simd/depthwise_3x3":
            return graph
    pytest.fail("no random model has a depthwise 3x3")


@pytest.mark.parametrize(
    ("sizes", "needs"),
    [
        ("rows=2", "rows of at least 4, not 2"),
        ("store_entries=2", "store_entries of at least 4, not 2"),
    ],
)
def test_a_unit_too_small_for_a_kernel_is_refused_in_one_line(
    depthwise: Graph, sizes: str, needs: str
) -> None:
    target = target_of(sizes)
    with pytest.raises(UserError) as caught:
        plan(depthwise, target, target.kernel_set("simd"))
    assert str(caught.value) == (
        f"{depthwise.path}: operator 0 (DEPTHWISE_CONV_2D): kernel simd/depthwise_3x3 needs {needs}"
        f" (target simd-16,{sizes})"
    )
