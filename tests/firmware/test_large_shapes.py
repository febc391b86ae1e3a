"""Dimensions beyond 65,536, which TFLite's own grow to when a tensor is flattened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.target.kernel_set import KernelSet
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.targets import KERNEL_SETS
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import FullyConnected, Layer, Mean, Quantisation, Shape

SOURCE = Quantisation(0.1, 3)

by_kernel_set = pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)


def _check(
    firmware: HostFirmware, directory: Path, kernel_set: KernelSet, shape: Shape, layer: Layer
) -> None:
    tensor = np.random.default_rng(1).integers(-128, 128, shape).astype(np.int8)
    graph = read_bytes(build_model(shape, SOURCE, [layer]), directory)
    check_model(firmware, graph, kernel_set, [tensor])


@by_kernel_set
def test_fully_connected_over_73728_values(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet
) -> None:
    shape = (1, 96, 96, 8)
    weights = np.random.default_rng(2).integers(-127, 128, (2, int(np.prod(shape))))
    layer = FullyConnected(
        weights=weights.astype(np.int8),
        weight_scale=0.001,
        bias=np.array([100, -100], np.int32),
        output=Quantisation(0.2, -3),
    )
    _check(firmware, tmp_path, kernel_set, shape, layer)


@by_kernel_set
def test_mean_of_66049_pixels(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet
) -> None:
    layer = Mean(output=Quantisation(0.001, 5))
    _check(firmware, tmp_path, kernel_set, (1, 257, 257, 4), layer)
