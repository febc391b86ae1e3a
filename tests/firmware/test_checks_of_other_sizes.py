"""An image made for a larger unit than the firmware knows is refused, whatever is too small."""

from __future__ import annotations

import pytest

from compiler_intrinsics.simd.geometry import REP_COUNTS
from dwpw.image.format import (
    ErrorCode,
)
from dwpw.image.limits import DEPTHWISE_BLOCK_GROUPS as MOST
from dwpw.kernels.param_simd import SimdConvPointwiseParam, SimdDepthwise3x3Param
from tests.firmware.test_geometries import LOPSIDED, target_of
from tests.support.damage import Damage, both, damaged, nothing, param
from tests.support.host_firmware import HostFirmware, build_server, no_values
from tests.support.kernel_images import image_of
from tests.support.targets import SIMD

POINTWISE, DEPTHWISE = "simd/conv_pointwise", "simd/depthwise_3x3"
TILE = SimdConvPointwiseParam.TILE_CHANNELS
BLOCK, AT_ONCE = SimdDepthwise3x3Param.BLOCK_GROUPS, SimdDepthwise3x3Param.AT_ONCE

Row = tuple[str, str, Damage, str]
"""Sizes of the unit, model, damage, name of the refusal."""

SAME_BUILD: list[Row] = [
    (LOPSIDED, POINTWISE, nothing, "tile"),  # results of two pixels
    (LOPSIDED, DEPTHWISE, nothing, "block"),  # rows of history
    (
        LOPSIDED,
        DEPTHWISE,
        both(param(BLOCK, MOST + 1), param(AT_ONCE, 2)),
        "block",
    ),
]
OWN_BUILDS: list[Row] = [
    ("param_groups=2", POINTWISE, param(TILE, 12), "tile"),
    ("param_groups=2", DEPTHWISE, param(BLOCK, 3), "block"),
    ("store_entries=16", DEPTHWISE, nothing, "block"),
    ("results=4", DEPTHWISE, nothing, "block"),
    (
        "param_groups=128,results=256",
        "whole words",
        param(TILE, 4 * (REP_COUNTS + 1)),
        "tile",
    ),
    ("patch_words=16", "simd/conv_rows", nothing, "patch"),
]


def _name(row: Row) -> str:
    return f"{row[0]} for {row[1]}"


def _check(row: Row) -> None:
    sizes, model, damage, what = row
    image = damaged(image_of(model, SIMD), damage)
    with HostFirmware(build_server(target_of(sizes))) as firmware:
        run = firmware.run(image, no_values(image))
    assert run.error is ErrorCode.BAD_PARAMETER
    assert run.lines[0]["what"] == what


@pytest.mark.parametrize("row", SAME_BUILD, ids=_name)
def test_an_image_for_other_sizes_is_refused(row: Row) -> None:
    _check(row)


@pytest.mark.full
@pytest.mark.parametrize("row", OWN_BUILDS, ids=_name)
def test_an_image_for_one_larger_size_is_refused(row: Row) -> None:
    _check(row)
