"""Every kernel of every set gives the bits of the golden layers, on random models."""

from __future__ import annotations

from pathlib import Path

import pytest

from dwpw.plan.planner import plan
from tests.exactness_search import kernels_differ, search, second_opinion_differs
from tests.support import second_opinion
from tests.support.exactness import read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import KINDS, random_case
from tests.support.random_operators import ONLY_LITERT
from tests.support.targets import KERNEL_SETS, TARGET

MODELS_PER_KIND = 60
MANY_PER_KIND = -(-20_000 // len(KINDS))
FOUND_BY_SEARCHING = (
    ("fully_connected", 285),
    ("softmax", 629),
    ("softmax", 630),
    ("softmax", 811),
    ("logistic", 309),
    ("prelu", 279),
    ("tanh", 20660),
    ("hard_swish", 21754),
)
"""Layers that once differed: the dense one was rounded once, others went through floats; the last
four were taken from LiteRT."""

with_second_opinion = pytest.mark.skipif(
    second_opinion.installed() is None, reason=second_opinion.MISSING
)


@pytest.mark.parametrize("kind", KINDS)
def test_random_layers_are_exact_in_every_set(firmware: HostFirmware, kind: str) -> None:
    seeds = range(MODELS_PER_KIND)
    assert search(lambda *case: kernels_differ(firmware, *case), kind, seeds) == []


@pytest.mark.parametrize(("kind", "seed"), FOUND_BY_SEARCHING)
def test_what_once_differed_is_exact(firmware: HostFirmware, kind: str, seed: int) -> None:
    assert kernels_differ(firmware, kind, seed) == []


@pytest.mark.full
@with_second_opinion
@pytest.mark.parametrize(("kind", "seed"), FOUND_BY_SEARCHING)
def test_what_once_differed_is_tflite_micros(kind: str, seed: int) -> None:
    assert second_opinion_differs(kind, seed) == []


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_of_20000_random_layers_none_differs(firmware: HostFirmware, kind: str) -> None:
    seeds = range(MODELS_PER_KIND, MODELS_PER_KIND + MANY_PER_KIND)
    assert search(lambda *case: kernels_differ(firmware, *case), kind, seeds) == []


@pytest.mark.full
@with_second_opinion
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ONLY_LITERT])
def test_tflite_micro_computes_the_same_20000_layers(kind: str) -> None:
    seeds = range(MODELS_PER_KIND, MODELS_PER_KIND + MANY_PER_KIND)
    assert search(second_opinion_differs, kind, seeds) == []


def test_the_random_layers_reach_every_kernel(tmp_path: Path) -> None:
    missing = set(TARGET.kernels)
    for seed in range(MODELS_PER_KIND):
        for kind in KINDS:
            graph = read_bytes(random_case(kind, seed)[0], tmp_path)
            for kernel_set in KERNEL_SETS:
                missing -= {step.kernel for step in plan(graph, TARGET, kernel_set).steps}
        if not missing:
            return
    assert not missing
