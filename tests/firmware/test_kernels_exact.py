"""Every kernel of every set gives the bits of the TFLite reference kernels, on random models."""

from __future__ import annotations

from pathlib import Path

import pytest

from dwpw.plan.planner import plan
from dwpw.target.kernel_set import KernelSet
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import KINDS, random_case
from tests.support.targets import KERNEL_SETS, TARGET

MODELS_PER_KIND = 60


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
def test_random_layers_are_exact(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet, kind: str
) -> None:
    for seed in range(MODELS_PER_KIND):
        model, tensor = random_case(kind, seed)
        try:
            check_model(firmware, read_bytes(model, tmp_path), kernel_set, tensor)
        except AssertionError as error:
            error.add_note(f"kind {kind}, seed {seed}, kernel set {kernel_set.name}")
            raise


def test_the_random_layers_reach_every_kernel(tmp_path: Path) -> None:
    reached = set()
    for kernel_set in KERNEL_SETS:
        for kind in KINDS:
            for seed in range(MODELS_PER_KIND):
                graph = read_bytes(random_case(kind, seed)[0], tmp_path)
                reached.update(one.kernel for one in plan(graph, TARGET, kernel_set).operators)
    assert reached == set(TARGET.kernels)
