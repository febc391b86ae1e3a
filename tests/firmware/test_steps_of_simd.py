"""Kernels of set simd that take two operators: exact where what lies between is not stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from dwpw.golden import golden_layers
from dwpw.image.format import ErrorCode
from dwpw.kernels.param_simd import SimdPaddedKernel, SimdPaddedParam
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from tests.support.damage import damaged, fields, param
from tests.support.exactness import read_bytes
from tests.support.host_firmware import HostFirmware, no_values
from tests.support.kernel_images import image_of
from tests.support.random_models import random_case
from tests.support.targets import SIMD, TARGET

SEEDS = 40


@pytest.mark.parametrize(
    ("kind", "kernel"), [("padded", "simd/padded"), ("tables", "simd/table_twice")]
)
def test_random_pairs_are_exact(
    firmware: HostFirmware, tmp_path: Path, kind: str, kernel: str
) -> None:
    taken = 0
    for seed in range(SEEDS):
        content, tensors = random_case(kind, seed)
        graph = read_bytes(content, tmp_path)
        golden = golden_layers(graph, tensors)
        planned = plan(graph, TARGET, SIMD)
        run = firmware.run(pack(planned), tensors)
        stored = [
            f"{layer.crc:08x}"
            for one, layer in zip(planned.operators, golden, strict=True)
            if one.stored
        ]
        assert [crc for line in run.layers for crc in line["crcs"]] == stored, seed
        taken += planned.steps[0].kernel == kernel
    assert taken > SEEDS // 4


@pytest.mark.parametrize("value", [-1, len(SimdPaddedKernel)])
def test_a_kernel_that_there_is_not_is_refused(firmware: HostFirmware, value: int) -> None:
    image = image_of("simd/padded", SIMD)
    run = firmware.run(damaged(image, param(SimdPaddedParam.KERNEL, value), 0), no_values(image))
    assert run.error is ErrorCode.BAD_PARAMETER
    assert run.lines[0]["what"] == "kernel"


@pytest.mark.parametrize("model", ["simd/padded", "simd/table_twice"])
def test_half_a_step_is_refused(firmware: HostFirmware, model: str) -> None:
    image = image_of(model, SIMD)
    run = firmware.run(damaged(image, fields(step=1), 0), no_values(image))
    assert run.error is ErrorCode.BAD_PARAMETER
