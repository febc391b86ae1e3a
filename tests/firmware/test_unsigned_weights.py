"""Weights of uint8 whose zero point leaves them more than eight bits, in every kernel of `simd`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.kernel_images import (
    SOURCE,
    Model,
    conv,
    depthwise,
    depthwise_line,
    fully_connected,
)
from tests.support.targets import SIMD
from tests.support.tflite_builder import build_model

LAYERS: dict[str, tuple[Model, str]] = {
    "pixels": (conv((1, 3, 4, 12), 1, 10), "conv_pointwise"),
    "every second pixel": (conv((1, 5, 6, 12), 1, 9, stride=(2, 2)), "conv_pointwise"),
    "a dense layer": (fully_connected((1, 2, 3, 4), 7), "conv_pointwise"),
    "a stem": (conv((1, 9, 9, 3), 3, 10, stride=(2, 2)), "conv_rows"),
    "windows": (conv((1, 6, 5, 8), 3, 9), "conv_patches"),
    "windows that fill the store": (conv((1, 4, 4, 240), 3, 5), "conv_wide"),
    "wide windows": (conv((1, 4, 4, 480), 3, 5), "conv_wide"),
    "columns with padding": (depthwise_line((1, 9, 2, 32), (5, 1)), "depthwise_window"),
    "3x3": (depthwise((1, 6, 7, 12), 3), "depthwise_3x3"),
    "5x5": (depthwise((1, 7, 8, 12), 5), "depthwise_window"),
    "7x7, some taps alone": (depthwise((1, 9, 8, 8), 7), "depthwise_window"),
    "two outputs per channel": (depthwise((1, 6, 5, 6), 3, 2), "depthwise_window"),
}
"""Description -> a model of one layer, and the kernel that takes it."""


@pytest.mark.parametrize("zero_point", [-128, -40, 3, 100, 127])
@pytest.mark.parametrize("name", LAYERS)
def test_weights_of_nine_bits_are_exact(
    firmware: HostFirmware, tmp_path: Path, name: str, zero_point: int
) -> None:
    (shape, layers), kernel = LAYERS[name]
    content = build_model(shape, SOURCE, layers, weight_zero_point=zero_point)
    for seed in range(5):
        tensor = np.random.default_rng(seed).integers(-128, 128, shape).astype(np.int8)
        planned = check_model(firmware, read_bytes(content, tmp_path), SIMD, (tensor,))
        assert planned.steps[0].kernel == f"simd/{kernel}"
