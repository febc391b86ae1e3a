"""Any accumulator at any scale is rounded and clamped as TFLite does it.

A 1x1 convolution whose weights are all 0 leaves nothing but its bias in the accumulators.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.kernels.pack_scalar import ACCUMULATOR_LIMIT
from dwpw.target.kernel_set import KernelSet
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.targets import KERNEL_SETS
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Conv2D, Layer, Quantisation

CHANNELS = 128
SHAPE = (1, 2, 2, 4)  # four pixels: what the fast path of `scalar` takes at once
SOURCE = Quantisation(1.0, -3)


def _layer(bias: np.ndarray, scale: float, zero_point: int, activation: str) -> Layer:
    """Output = bias * scale; a bias beyond 32 bits is the nearest within."""
    return Conv2D(
        weights=np.zeros((CHANNELS, 1, 1, SHAPE[3]), np.int8),
        weight_scale=(1.0,) * CHANNELS,
        bias=bias.clip(-(2**31), 2**31 - 1).astype(np.int32),
        output=Quantisation(float(np.float32(1 / scale)), zero_point),
        activation=activation,
    )


def _check(firmware: HostFirmware, directory: Path, kernel_set: KernelSet, layer: Layer) -> None:
    graph = read_bytes(build_model(SHAPE, SOURCE, [layer]), directory)
    check_model(firmware, graph, kernel_set, [np.zeros(SHAPE, np.int8)])


@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
@pytest.mark.parametrize("shift", range(-30, 6))
def test_halves_round_as_in_tflite_at_every_power_of_two(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet, shift: int
) -> None:
    unit = max(1.0, 2.0**-shift)
    halves = np.arange(-CHANNELS // 2, CHANNELS // 2) * (unit / 2)
    near = halves + np.resize([0, 1, -1], CHANNELS)
    _check(firmware, tmp_path, kernel_set, _layer(near, 2.0**shift, 0, "NONE"))


@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
@pytest.mark.parametrize("activation", ["NONE", "RELU", "RELU6"])
def test_random_accumulators_and_scales(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet, activation: str
) -> None:
    rng = np.random.default_rng(len(activation))
    for _ in range(20):
        scale = 10 ** rng.uniform(-8, 1)
        # Around the clamp, where every bit of the rounding counts, and far beyond it.
        spread = min(2**30, 200 / scale * 10 ** rng.uniform(0, 2))
        bias = rng.uniform(-spread, spread, CHANNELS).round()
        zero_point = int(rng.integers(-128, 128))
        _check(firmware, tmp_path, kernel_set, _layer(bias, scale, zero_point, activation))


@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
def test_largest_accumulators(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet
) -> None:
    rng = np.random.default_rng(5)
    limits = np.array([2**31 - 1, -(2**31), 2**31 - 2, 1 - 2**31, 2**30, -(2**30)])
    bias = np.resize(limits, CHANNELS) - np.sign(np.resize(limits, CHANNELS)) * rng.integers(
        0, 3, CHANNELS
    )
    for scale in (1.0, 0.75, 2.0**-24, 3e-8):
        _check(firmware, tmp_path, kernel_set, _layer(bias, scale, 0, "NONE"))


@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
@pytest.mark.parametrize("scale", [0.49999994, 0.99999994, 0.24999997, 1.0, 0.5])
@pytest.mark.parametrize("zero_point", [127, -128, 0])
@pytest.mark.parametrize("activation", ["NONE", "RELU"])
def test_nothing_overflows_just_below_a_power_of_two(
    firmware: HostFirmware,
    tmp_path: Path,
    kernel_set: KernelSet,
    scale: float,
    zero_point: int,
    activation: str,
) -> None:
    """What is scaled lies so near the ends of 32 bits that a zero point takes it beyond them."""
    distance = np.arange(CHANNELS // 2) ** 2
    for limit in (2**31 - 1, ACCUMULATOR_LIMIT - 1):
        bias = np.concatenate([limit - distance, distance - limit])
        layer = _layer(bias, scale, zero_point, activation)
        graph = read_bytes(build_model(SHAPE, SOURCE, [layer]), tmp_path)
        planned = check_model(firmware, graph, kernel_set, [np.zeros(SHAPE, np.int8)])
    assert planned.steps[0].kernel.startswith(kernel_set.name)
