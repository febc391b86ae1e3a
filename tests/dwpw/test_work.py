"""The lower bounds: counted by hand for small layers."""

from __future__ import annotations

import numpy as np
import pytest

from compiler_intrinsics.simd.geometry import Geometry
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.work import CPU_RESOURCES, Work
from dwpw.kernels.work_simd import words_inside
from tests.support.targets import SIMD, TARGET


def operator(kind: str, weights: tuple[int, ...], **more: object) -> LoweredOperator:
    """A lowered operator with zeros as weights and constants; their values count nothing."""
    channels = more["output_shape"][2]
    zeros = np.zeros(channels, np.int32)
    constants = {"bias": zeros, "multiplier": zeros, "shift": zeros}
    return LoweredOperator(0, kind, weights=np.zeros(weights, np.int8), **constants, **more)


def work_of(op: LoweredOperator) -> Work:
    rule = next(rule for rule in SIMD.rules if rule.window == 1 and rule.accepts(op))
    return rule.work(op, rule.pack(op))


def work(
    loads: int = 0, custom: int = 0, stores: int = 0, words: int = 0, results: int = 0
) -> Work:
    """Instructions of the CPU, words in the array, packed results."""
    unit = Work.needs(array=words, requantiser=4 * results)
    return Work.issued(loads, custom, stores) + unit


@pytest.mark.parametrize(
    ("needed", "bound", "binding"),
    [
        (work(loads=1, custom=2, stores=3, words=5), 6, "issue"),
        (work(loads=1, custom=2, stores=3, words=50), 50, "array"),
        (work(loads=1, words=5, results=4), 16, "requantiser"),
        (Work(), 0, ""),
    ],
)
def test_the_bound_is_the_resource_that_is_needed_longest(
    needed: Work, bound: int, binding: str
) -> None:
    assert (needed.bound, needed.binding) == (bound, binding)


def test_work_adds_up_and_multiplies() -> None:
    one = work(loads=1, custom=2, stores=3, words=4, results=5)
    assert one + one == one * 2 == work(2, 4, 6, 8, 10)
    assert one.of("issue") == one.instructions == 6
    assert (one * 0).bound == 0


def test_kernels_name_only_resources_that_the_target_has() -> None:
    known = {one.name for one in CPU_RESOURCES}
    known |= {one.name for unit in TARGET.units for one in unit.resources}
    op = operator("CONV_2D", (8, 1, 1, 8), input_shape=(1, 3, 8), output_shape=(1, 3, 8))
    assert set(work_of(op).cycles) == known


def test_pointwise_passes_a_pixel_once_and_replays_it() -> None:
    op = operator("CONV_2D", (8, 1, 1, 8), input_shape=(1, 3, 8), output_shape=(1, 3, 8))
    setup = work(loads=4 * 4 + 2 * 9, custom=2 + 1 + 2 * 4 + 2 * 8 + 2)
    # Two words, one pair, rep, two results.
    pixel = work(loads=2, custom=1 + 1 + 2, stores=2, words=4, results=2)
    assert work_of(op) == setup + pixel * 3


def test_pointwise_stores_bytes_where_pixels_do_not_start_at_words() -> None:
    op = operator("CONV_2D", (5, 1, 1, 4), input_shape=(1, 3, 4), output_shape=(1, 3, 5))
    assert work_of(op).of("stores") == 3 * 5
    assert work_of(op).of("requantiser") == 4 * 3 * 2


def test_pointwise_with_many_channels_passes_a_pixel_for_every_result() -> None:
    words = Geometry().patch_words + 1
    channels = 4 * words
    op = operator(
        "CONV_2D", (8, 1, 1, channels), input_shape=(1, 1, channels), output_shape=(1, 1, 8)
    )
    weights_and_scales = words * 2 * 4 + 2 * 9
    assert work_of(op).of("loads") == weights_and_scales + words * 2


def test_depthwise_loads_every_column_once_per_row_of_outputs() -> None:
    op = operator(
        "DEPTHWISE_CONV_2D", (3, 3, 4), input_shape=(5, 6, 4), output_shape=(5, 6, 4),
        kernel=(3, 3), pad=(1, 1),
    )  # fmt: skip
    # Six columns of three words from memory, two of padding.  How few instructions they come in
    # is held to the counters of a real run (test_explain.py).
    row = work(loads=6 * 3, stores=6, words=8 * 3, results=6)
    wanted = work(loads=3 * 4 + 9) + row * 5
    for resource in ("loads", "stores", "array", "requantiser"):
        assert work_of(op).of(resource) == wanted.of(resource)


def test_words_of_a_patch_outside_the_row_are_padding() -> None:
    op = operator(
        "CONV_2D", (4, 3, 3, 4), input_shape=(3, 3, 4), output_shape=(3, 3, 4),
        kernel=(3, 3), pad=(1, 1),
    )  # fmt: skip
    assert words_inside(op, row_words=3) == [2, 3, 2]


def test_an_average_loads_every_value_of_every_window() -> None:
    op = LoweredOperator(
        0, "AVERAGE_POOL_2D", input_shape=(4, 6, 8), output_shape=(2, 2, 8), kernel=(2, 3),
        stride=(2, 3),
    )  # fmt: skip
    setup = work(loads=4 + 9, custom=1 + 2 + 8 + 4)
    # Two lines of three words in two instructions, one result.
    window = work(loads=6, custom=2 * 2 + 1, stores=1, words=6, results=1)
    assert work_of(op) == setup + window * (2 * 2 * 2)


def test_a_mean_passes_the_whole_input_as_one_line() -> None:
    op = LoweredOperator(0, "MEAN", input_shape=(3, 3, 4), output_shape=(1, 1, 4))
    assert work_of(op) == work(
        loads=4 + 9 + 9, custom=1 + 2 + 8 + 4 + 5 + 1, stores=1, words=9, results=1
    )
