"""Pointwise layers wider than the unit: what neither patch nor tile can hold is divided exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.kernels.param_simd import SimdConvPointwiseParam
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.target.kernel_set import KernelSet
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import random_quantisation, random_weights
from tests.support.targets import KERNEL_SETS, SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Conv2D

(GEOMETRY,) = (unit.geometry for unit in TARGET.units if unit.name == "simd")
PATCH = 4 * GEOMETRY.patch_words
"""Input channels of a pixel that can be replayed from the unit."""

SHAPES = {
    "one pixel, as many channels as a patch": (1, 1, PATCH, 8),
    "pixels of one word more than a patch": (2, 3, PATCH + 4, 8),
    "pixels of many patches": (3, 2, 3 * PATCH + 8, 4),
    "more output channels than a tile": (2, 3, 16, 80),
    "many tiles, the last one alone": (1, 5, 8, 4 * 64 + 4),
    "many tiles of pixels wider than a patch": (2, 2, PATCH + 12, 72),
    "as wide as the weight store": (1, 2, 4 * GEOMETRY.store_entries, 8),
    "wider than the weight store": (1, 2, 4 * GEOMETRY.store_entries + 4, 8),
}
"""Height, width, input and output channels."""


def pointwise(name: str, folder: Path) -> tuple[Graph, np.ndarray]:
    """A model of one layer, and an input for it."""
    height, width, channels, outputs = SHAPES[name]
    rng = np.random.default_rng(sorted(SHAPES).index(name))
    shape, source = (1, height, width, channels), random_quantisation(rng)
    scales = (10 ** rng.uniform(-3, -1.5, outputs)).astype(np.float32)
    spread = source.scale * float(scales.mean()) * 60 * 70 * np.sqrt(channels)
    layer = Conv2D(
        weights=random_weights(rng, (outputs, 1, 1, channels)),
        weight_scale=tuple(float(scale) for scale in scales),
        bias=rng.integers(-5000, 5000, outputs).astype(np.int32),
        output=random_quantisation(rng, 0.1 * spread),
    )
    graph = read_bytes(build_model(shape, source, [layer]), folder)
    return graph, rng.integers(-128, 128, shape).astype(np.int8)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
def test_wide_pointwise_layers_are_exact(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet, name: str
) -> None:
    graph, tensor = pointwise(name, tmp_path)
    check_model(firmware, graph, kernel_set, [tensor])


@pytest.mark.parametrize("name", SHAPES)
def test_the_shapes_are_as_wide_as_their_names_say(name: str, tmp_path: Path) -> None:
    _, _, channels, outputs = SHAPES[name]
    (step,) = plan(pointwise(name, tmp_path)[0], TARGET, SIMD).steps
    if name.startswith("wider than the weight store"):
        assert step.kernel == "simd/conv_wide"
        return
    assert step.kernel == "simd/conv_pointwise"
    tile = step.operators[0].constants.param[SimdConvPointwiseParam.TILE_CHANNELS]
    assert (outputs > tile) == ("tile" in name or "store" in name)
    assert (channels > PATCH) == ("patches" in name or "than a patch" in name or "store" in name)
