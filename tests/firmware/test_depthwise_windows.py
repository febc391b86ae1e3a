"""Depthwise layers of every shape of window are exact, and take the loop that is made for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.kernels.param_simd import SimdDepthwise3x3Param
from dwpw.kernels.param_simd import SimdDepthwiseWindowParam as Param
from dwpw.plan.planner import PlannedOperator, plan
from tests.firmware.test_geometries import running, target_of
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import random_quantisation, random_weights
from tests.support.targets import SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import DepthwiseConv2D

Window = tuple[tuple[int, int, int], tuple[int, int], int, int, tuple[int, int]]
"""Height, width and channels; kernel; stride; outputs per channel; dilation."""

PLAIN = (1, 1)

LOOPS: dict[str, tuple[Window, tuple[int, int, int, int]]] = {
    "a row of three": (((6, 9, 16), (1, 3), 1, 1, PLAIN), (4, 3, 1, 0)),
    "a column of three": (((9, 6, 16), (3, 1), 1, 1, PLAIN), (4, 3, 1, 0)),
    "a row of five": (((6, 9, 20), (1, 5), 1, 1, PLAIN), (4, 5, 2, 0)),
    "every second of a row of five": (((6, 19, 16), (1, 5), 2, 1, PLAIN), (4, 5, 2, 0)),
    "a row of five of many channels": (((6, 9, 72), (1, 5), 1, 1, PLAIN), (8, 5, 2, 0)),
    "a column of three of many channels": (((9, 6, 36), (3, 1), 1, 1, PLAIN), (8, 3, 1, 0)),
    "a row longer than the input": (((3, 2, 32), (1, 5), 1, 1, PLAIN), (8, 5, 1, 0)),
    "a column of ten": (((24, 1, 20), (10, 1), 1, 1, PLAIN), (4, 10, 4, 0)),
    "a column of fifteen": (((15, 1, 20), (15, 1), 1, 1, PLAIN), (2, 15, 5, 0)),
    "a row of seven": (((5, 12, 16), (1, 7), 1, 1, PLAIN), (4, 7, 3, 0)),
    "five by five": (((8, 9, 8), (5, 5), 1, 1, PLAIN), (4, 5, 2, 0)),
    "five by five, stride 2": (((11, 12, 8), (5, 5), 2, 1, PLAIN), (4, 5, 2, 0)),
    "seven by seven": (((9, 8, 8), (7, 7), 1, 1, PLAIN), (2, 7, 3, 0)),
    "seven by seven, stride 2": (((15, 16, 4), (7, 7), 2, 1, PLAIN), (2, 7, 3, 0)),
    "ten by four": (((14, 12, 4), (10, 4), 1, 1, PLAIN), (2, 10, 4, 0)),
    "ten by four, stride 2": (((25, 10, 8), (10, 4), 2, 1, PLAIN), (2, 10, 4, 0)),
    "eight outputs per channel": (((7, 8, 5), (3, 3), 1, 8, PLAIN), (4, 3, 1, 0)),
    "eight outputs per channel, stride 2": (((9, 8, 5), (3, 3), 2, 8, PLAIN), (4, 3, 2, 0)),
}
"""Window -> the groups at once, taps along the walk, segments with history, segments of one tap."""

WINDOWS: dict[str, Window] = {
    "seven by seven on a map of three by three": ((3, 3, 24), (7, 7), 1, 1, PLAIN),
    "seven by seven on a map of one pixel": ((1, 1, 24), (7, 7), 1, 1, PLAIN),
    "five by five of many channels": ((7, 7, 60), (5, 5), 2, 1, PLAIN),
    "a row of odd channels": ((4, 9, 10), (1, 5), 1, 1, PLAIN),
    "a row of three taps apart": ((4, 12, 8), (1, 3), 1, 1, (1, 3)),
    "a long column": ((30, 2, 8), (21, 1), 1, 1, PLAIN),
    "two outputs per channel": ((7, 6, 6), (3, 3), 1, 2, PLAIN),
    "an odd number of channels, twice": ((7, 6, 3), (3, 3), 1, 2, PLAIN),
    "three outputs per channel": ((7, 6, 15), (3, 3), 1, 3, PLAIN),
    "a channel alone": ((7, 6, 1), (20, 2), 1, 1, PLAIN),
    "odd channels": ((6, 7, 37), (5, 3), 1, 1, PLAIN),
    "two blocks, the last one small": ((6, 7, 36), (5, 5), 1, 1, PLAIN),
    "a window of one pixel": ((6, 7, 36), (1, 1), 1, 1, PLAIN),
    "every second pixel": ((6, 7, 12), (1, 1), 2, 1, PLAIN),
    "a row of two": ((6, 7, 12), (1, 2), 1, 1, PLAIN),
    "stride 3": ((13, 14, 12), (4, 7), 3, 1, PLAIN),
    "a stride beyond the window": ((13, 14, 12), (2, 2), 5, 1, PLAIN),
    "a window larger than the input": ((3, 3, 12), (7, 7), 1, 1, PLAIN),
    "more lines than rows of history": ((18, 18, 4), (17, 17), 1, 1, PLAIN),
    "dilated rows": ((12, 11, 12), (3, 5), 1, 1, (3, 1)),
    "dilated columns": ((12, 11, 12), (3, 5), 1, 1, (1, 2)),
    "dilated both ways": ((17, 16, 36), (5, 5), 1, 1, (3, 2)),
    "rows so far apart that one meets no input": ((2, 8, 39), (2, 1), 1, 3, (3, 1)),
    "several strips": ((8, 60, 36), (5, 5), 1, 1, PLAIN),
    "several strips, stride 2": ((61, 60, 12), (7, 7), 2, 1, PLAIN),
    "several strips of many channels, stride 2": ((11, 90, 36), (5, 5), 2, 1, PLAIN),
    "five by five of more channels than a block": ((9, 8, 76), (5, 5), 1, 1, PLAIN),
    "five rows apart": ((14, 9, 28), (5, 5), 1, 1, (2, 1)),
    "several bands": ((300, 40, 4), (2, 9), 1, 1, PLAIN),
}


def layer_of(window: Window, rng: np.random.Generator, padding: str) -> tuple[bytes, np.ndarray]:
    """A model of one layer, and an input for it."""
    (height, width, channels), kernel, stride, multiplier, dilation = window
    shape, outputs, source = (1, height, width, channels), channels * multiplier, None
    source = random_quantisation(rng)
    scales = (10 ** rng.uniform(-3, -1.5, outputs)).astype(np.float32)
    spread = source.scale * float(scales.mean()) * 60 * 70 * np.sqrt(kernel[0] * kernel[1])
    layer = DepthwiseConv2D(
        weights=random_weights(rng, (1, *kernel, outputs)),
        weight_scale=tuple(float(scale) for scale in scales),
        bias=rng.integers(-5000, 5000, outputs).astype(np.int32),
        output=random_quantisation(rng, 0.1 * spread),
        stride=(stride, stride),
        dilation=dilation,
        depth_multiplier=multiplier,
        padding=padding,
    )
    return build_model(shape, source, [layer]), rng.integers(-128, 128, shape).astype(np.int8)


def checked(
    firmware: HostFirmware, window: Window, folder: Path, padding: str = "SAME"
) -> PlannedOperator:
    """The layer as it was planned, after it ran exactly."""
    model, tensor = layer_of(window, np.random.default_rng(len(str(window))), padding)
    planned = check_model(firmware, read_bytes(model, folder), SIMD, (tensor,))
    return planned.operators[0]


@pytest.mark.parametrize("name", LOOPS)
def test_common_windows_are_exact_in_loops_of_their_own(
    firmware: HostFirmware, tmp_path: Path, name: str
) -> None:
    window, (groups, taps, history, alone) = LOOPS[name]
    operator = checked(firmware, window, tmp_path)
    param = operator.constants.param
    down = bool(param[Param.WALK_DOWN])
    assert param[Param.AT_ONCE] == groups
    assert operator.lowered.kernel[0 if down else 1] == taps
    assert param[Param.WITH_HISTORY] == history
    assert param[Param.SEGMENTS] - history == alone


def fits(window: Window) -> bool:
    """Whether the window lies inside the input once at least."""
    (height, width, _), kernel, *_, dilation = window
    reach = [(taps - 1) * apart + 1 for taps, apart in zip(kernel, dilation, strict=True)]
    return reach[0] <= height and reach[1] <= width


@pytest.mark.parametrize(
    ("name", "padding"),
    [
        (name, padding)
        for name, window in WINDOWS.items()
        for padding in ("SAME", "VALID")
        if padding == "SAME" or fits(window)
    ],
)
def test_windows_of_any_kind_are_exact(
    firmware: HostFirmware, tmp_path: Path, name: str, padding: str
) -> None:
    window = WINDOWS[name]
    operator = checked(firmware, window, tmp_path, padding)
    param = operator.constants.param
    if "strips" in name:
        assert param[Param.STRIP] < operator.lowered.output_shape[0 if param[1] else 1]
    if "bands" in name:
        assert param[Param.BAND] < operator.lowered.output_shape[1 if param[1] else 0]


@pytest.mark.full
@pytest.mark.parametrize("sizes", ["rows=2", "rows=64", "param_groups=2,store_entries=64"])
def test_other_sizes_walk_otherwise_and_compute_the_same(sizes: str, tmp_path: Path) -> None:
    target = target_of(sizes)
    simd = target.kernel_set("simd")
    with running(target) as firmware:
        for name, window in WINDOWS.items():
            model, tensor = layer_of(window, np.random.default_rng(7), "SAME")
            planned = check_model(firmware, read_bytes(model, tmp_path), simd, (tensor,), target)
            if window[1] == (5, 5):
                assert planned.steps[0].kernel == "simd/depthwise_window", name


@pytest.mark.parametrize("seed", range(4))
def test_windows_drawn_at_random_are_exact(
    firmware: HostFirmware, tmp_path: Path, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(25):
        shape = tuple(int(size) for size in rng.integers(1, (24, 24, 70)))
        kernel = tuple(int(size) for size in rng.integers(1, 9, 2))
        stride, multiplier = int(rng.integers(1, 4)), int(rng.choice([1, 1, 1, 2, 3, 4, 8]))
        dilation = PLAIN if stride > 1 else tuple(int(size) for size in rng.integers(1, 3, 2))
        window = (shape, kernel, stride, multiplier, dilation)
        model, tensor = layer_of(window, rng, "SAME")
        check_model(firmware, read_bytes(model, tmp_path), SIMD, (tensor,))


@pytest.mark.parametrize(
    ("shape", "stride"),
    [((7, 112, 32), 1), ((8, 113, 32), 1), ((7, 200, 16), 1), ((6, 150, 24), 1)],
)
def test_wide_3x3_layers_walk_in_strips_and_are_exact(
    firmware: HostFirmware, tmp_path: Path, shape: tuple[int, int, int], stride: int
) -> None:
    operator = checked(firmware, (shape, (3, 3), stride, 1, PLAIN), tmp_path)
    assert operator.constants.param[SimdDepthwise3x3Param.STRIP] < operator.lowered.output_shape[1]


def test_rows_that_fit_into_the_cache_are_not_divided(tmp_path: Path) -> None:
    model, _ = layer_of(((24, 24, 32), (3, 3), 1, 1, PLAIN), np.random.default_rng(0), "SAME")
    (step,) = plan(read_bytes(model, tmp_path), TARGET, SIMD).steps
    assert step.operators[0].constants.param[SimdDepthwise3x3Param.STRIP] == 24
