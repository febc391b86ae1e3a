"""Kernels with a loop for every small number of words and results: each of them is exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.plan.planner import plan
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import random_quantisation, random_weights
from tests.support.targets import SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Conv2D

WORDS = (*range(1, 18), 24, 29)
"""Of a stretch: those that have loops of their own, and some of several batches."""

OUTPUTS = (*range(4, 37, 4), 7)
"""Channels: one to nine results, and some that are not whole words."""


def check_layer(
    firmware: HostFirmware,
    folder: Path,
    shape: tuple[int, ...],
    kernel: tuple[int, int],
    outputs: int,
    wanted: str,
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
) -> None:
    rng = np.random.default_rng((*shape, outputs))
    source = random_quantisation(rng)
    spread = source.scale * 0.01 * 60 * 70 * np.sqrt(shape[3] * kernel[0] * kernel[1])
    layer = Conv2D(
        weights=random_weights(rng, (outputs, *kernel, shape[3])),
        weight_scale=0.01,
        bias=rng.integers(-5000, 5000, outputs).astype(np.int32),
        output=random_quantisation(rng, 0.1 * spread),
        stride=stride,
        dilation=dilation,
    )
    graph = read_bytes(build_model(shape, source, [layer]), folder)
    assert [step.kernel for step in plan(graph, TARGET, SIMD).steps] == [wanted]
    check_model(firmware, graph, SIMD, (rng.integers(-128, 128, shape).astype(np.int8),))


@pytest.mark.parametrize("words", WORDS)
def test_pixels_of_so_many_words_are_exact(
    firmware: HostFirmware, tmp_path: Path, words: int
) -> None:
    for outputs in OUTPUTS:
        shape = (1, 1, 5, 4 * words)
        check_layer(firmware, tmp_path, shape, (1, 1), outputs, "simd/conv_pointwise")


@pytest.mark.parametrize("pixels", [1, 2, 3, 4])
def test_so_many_pixels_are_exact(firmware: HostFirmware, tmp_path: Path, pixels: int) -> None:
    for words, outputs in ((1, 4), (4, 16), (5, 16), (17, 32), (2, 7)):
        shape = (1, 1, pixels, 4 * words)
        check_layer(firmware, tmp_path, shape, (1, 1), outputs, "simd/conv_pointwise")


@pytest.mark.parametrize("stride", [(1, 2), (2, 1), (3, 2)])
def test_pixels_some_steps_apart_are_exact(
    firmware: HostFirmware, tmp_path: Path, stride: tuple[int, int]
) -> None:
    for size in (1, 4, 5, 6):
        shape = (1, size, size, 8)
        check_layer(firmware, tmp_path, shape, (1, 1), 12, "simd/conv_pointwise", stride)


@pytest.mark.parametrize("words", WORDS)
def test_windows_with_lines_of_so_many_words_are_exact(
    firmware: HostFirmware, tmp_path: Path, words: int
) -> None:
    for outputs in OUTPUTS:
        shape = (1, 4, 3, 4 * words)
        check_layer(firmware, tmp_path, shape, (2, 1), outputs, "simd/conv_patches")


@pytest.mark.parametrize(
    ("kernel", "channels"), [((3, 3), 456), ((3, 3), 512), ((2, 1), 4096), ((5, 5), 256)]
)
def test_windows_of_more_words_than_the_store_has_are_exact(
    firmware: HostFirmware, tmp_path: Path, kernel: tuple[int, int], channels: int
) -> None:
    for outputs in (7, 8):
        shape = (1, 4, 4, channels)
        check_layer(firmware, tmp_path, shape, kernel, outputs, "simd/conv_wide")


@pytest.mark.parametrize(
    ("kernel", "channels", "size"),
    [((3, 3), 256, 4), ((3, 3), 232, 1), ((1, 2), 1028, 3), ((5, 5), 84, 3), ((2, 2), 1024, 2)],
)
@pytest.mark.parametrize("stride", [(1, 1), (2, 2), (3, 1)])
def test_windows_that_fill_the_store_are_exact(
    firmware: HostFirmware,
    tmp_path: Path,
    kernel: tuple[int, int],
    channels: int,
    size: int,
    stride: tuple[int, int],
) -> None:
    for outputs in (7, 8):
        shape = (1, size, size + 1, channels)
        check_layer(firmware, tmp_path, shape, kernel, outputs, "simd/conv_wide", stride)


@pytest.mark.parametrize("dilation", [(2, 1), (1, 2), (3, 2)])
@pytest.mark.parametrize("channels", [232, 460])
def test_wide_windows_whose_taps_lie_apart_are_exact(
    firmware: HostFirmware, tmp_path: Path, dilation: tuple[int, int], channels: int
) -> None:
    shape = (1, 5, 6, channels)
    check_layer(firmware, tmp_path, shape, (3, 3), 6, "simd/conv_wide", dilation=dilation)


def test_windows_of_many_times_as_many_words_are_exact(
    firmware: HostFirmware, tmp_path: Path
) -> None:
    check_layer(firmware, tmp_path, (1, 2, 2, 9000), (2, 1), 4, "simd/conv_wide")
