"""Every kernel refuses what it cannot run, by name, and nothing that it can."""

from __future__ import annotations

import pytest

from dwpw.image.format import (
    ErrorCode,
    Header,
    Operator,
    Span,
)
from dwpw.image.limits import DEPTHWISE_MAX_PIXELS, MAX_BYTES
from dwpw.kernels.param_scalar import ScalarDepthwise3x3Param
from dwpw.kernels.param_simd import SimdConvPointwiseParam
from dwpw.plan.image import arena_offset
from tests.firmware.check_cases import CASES
from tests.support.damage import Damage, both, damaged, fields, nothing, param
from tests.support.host_firmware import HostFirmware, HostRun, no_values
from tests.support.kernel_images import MODELS, image_of, kernel_image, kernel_set_of
from tests.support.targets import TARGET


def _run(firmware: HostFirmware, image: bytes) -> HostRun:
    return firmware.run(image, no_values(image))


def _refusal(firmware: HostFirmware, image: bytes) -> tuple[str, str]:
    """Kernel and name of the refusal."""
    run = _run(firmware, image)
    assert run.error is ErrorCode.BAD_PARAMETER, run.lines
    (line,) = run.lines
    return line["kernel"], line["what"]


def test_every_kernel_has_an_image_and_rows() -> None:
    assert set(MODELS) == set(CASES) == set(TARGET.kernels)


@pytest.mark.parametrize("kernel", TARGET.kernels)
def test_an_image_in_good_order_runs(firmware: HostFirmware, kernel: str) -> None:
    run = _run(firmware, damaged(kernel_image(kernel), nothing))
    assert run.error is None
    assert run.layers[-1]["kernel"] == kernel


@pytest.mark.parametrize(
    ("kernel", "row"), [(kernel, row) for kernel, rows in CASES.items() for row in rows]
)
def test_a_damage_is_refused_by_its_name(firmware: HostFirmware, kernel: str, row: str) -> None:
    damage, what = CASES[kernel][row]
    assert _refusal(firmware, damaged(kernel_image(kernel), damage)) == (kernel, what)


@pytest.mark.parametrize(
    "damage",
    [
        fields(pad_top=4),
        fields(pad_left=4),
        fields(stride_h=MAX_BYTES),
        fields(stride_w=MAX_BYTES),
        both(fields(out_h=2, out_c=4, stride_h=4)),
        both(fields(out_w=2, out_c=4, stride_w=4)),
    ],
    ids=[
        "above the first line",
        "left of the first column",
        "step",
        "step along lines",
        "below the last line",
        "right of the last column",
    ],
)
def test_no_window_lies_outside_the_input(firmware: HostFirmware, damage: Damage) -> None:
    image = image_of("one window", kernel_set_of("reference/average_pool"))
    assert _refusal(firmware, damaged(image, damage)) == ("reference/average_pool", "window")


@pytest.mark.parametrize("axis", ["h", "w"])
def test_the_reach_of_a_window_is_bounded(firmware: HostFirmware, axis: str) -> None:
    image = damaged(kernel_image("reference/conv"), fields(**{f"dilation_{axis}": MAX_BYTES}))
    assert _refusal(firmware, image) == ("reference/conv", "window")


@pytest.mark.parametrize("tensor", ["input", "output"])
def test_an_empty_span_overlaps_nothing(firmware: HostFirmware, tensor: str) -> None:
    def put_scratch(_content: bytearray, _header: Header, operator: Operator) -> None:
        operator.scratch = Span(getattr(operator, tensor).offset + 4, 0)

    image = damaged(kernel_image("reference/conv"), put_scratch)
    assert _run(firmware, image).error is None


def test_a_piece_is_no_wider_than_its_accumulators(firmware: HostFirmware) -> None:
    kernel = "scalar/depthwise_3x3"
    image = image_of("long lines", kernel_set_of(kernel))
    room = fields(scratch=Span(1024, 1 << 14), output=Span(1 << 15, 560), input=Span(0, 560))
    wide = both(room, param(ScalarDepthwise3x3Param.COLUMNS, DEPTHWISE_MAX_PIXELS + 1))
    assert _run(firmware, damaged(image, room)).error is None
    assert _refusal(firmware, damaged(image, wide)) == (kernel, "piece")


def test_a_vector_of_whole_words_needs_no_scratch(firmware: HostFirmware) -> None:
    image = image_of("whole words", kernel_set_of("scalar/fully_connected"))
    header = Header.from_buffer_copy(image)
    operator = Operator.from_buffer_copy(image, header.operators)
    assert operator.scratch.size == 0
    assert _run(firmware, image).error is None


def test_a_tile_of_pixels_fits_into_the_weight_store(firmware: HostFirmware) -> None:
    kernel = "simd/conv_pointwise"
    image = image_of("long pixels", kernel_set_of(kernel))  # 260 words, three results
    assert _refusal(firmware, damaged(image, param(SimdConvPointwiseParam.TILE_CHANNELS, 32))) == (
        kernel,
        "tile",
    )


def test_the_host_firmware_has_no_memory_behind_the_arena(firmware: HostFirmware) -> None:
    image = kernel_image("reference/conv")
    header = Header.from_buffer_copy(image)
    size = arena_offset(len(image)) + header.arena_size
    run = firmware.run_raw(image, size - 1)
    assert run.error is ErrorCode.BAD_ARENA
