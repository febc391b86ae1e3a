"""Target `FUSED`: the unit `simd` with one more kernel set on top, `fused`."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from functools import partial
from pathlib import Path

from compiler_intrinsics.simd.geometry import Geometry
from dwpw.kernels import work_simd
from dwpw.kernels.pack_simd import (
    depthwise_lacks,
    is_depthwise_3x3,
    is_pointwise,
    pack_depthwise_3x3,
    pack_pointwise,
)
from dwpw.kernels.packing import KernelRule, LoweredOperator, PackedConstants
from dwpw.kernels.work import Work
from dwpw.rounding import ceil_div
from dwpw.target.kernel_set import KernelSet
from dwpw.target.simd import SIMD, kernels
from dwpw.target.target import Target

BAND_BYTES = 2048
"""Of the tensor between the two: half of the D$."""


class FusedSeparableParam(IntEnum):
    """Of fused/separable: a word of its first operator, behind those of simd/depthwise_3x3.

    The second operator's words are those of simd/conv_pointwise.
    """

    BAND_ROWS = 3


def band_rows(depthwise: LoweredOperator) -> int:
    """Rows between the two at a time."""
    height, width, channels = depthwise.output_shape
    return max(1, min(height, BAND_BYTES // (width * channels)))


def is_separable(
    geometry: Geometry, depthwise: LoweredOperator, pointwise: LoweredOperator
) -> bool:
    """Both parts have their kernels in set `simd`."""
    dense = pointwise.stride == (1, 1)
    return is_depthwise_3x3(depthwise) and is_pointwise(geometry, pointwise) and dense


def pack_separable(
    geometry: Geometry, depthwise: LoweredOperator, pointwise: LoweredOperator
) -> tuple[PackedConstants, PackedConstants]:
    """Each part's own constants, and room for a band."""
    first = pack_depthwise_3x3(geometry, depthwise)
    rows = band_rows(depthwise)
    _, width, channels = depthwise.output_shape
    banded = replace(
        first,
        scratch_bytes=rows * width * channels,
        param={**first.param, FusedSeparableParam.BAND_ROWS: rows},
    )
    return banded, pack_pointwise(geometry, pointwise)


def separable(
    geometry: Geometry,
    depthwise: LoweredOperator,
    pointwise: LoweredOperator,
    first: PackedConstants,
    second: PackedConstants,
) -> Work:
    """The work of both parts, band by band."""
    rows = first.param[FusedSeparableParam.BAND_ROWS]
    height, width, channels = depthwise.output_shape
    work = Work()
    for band in range(ceil_div(height, rows)):
        lines = min(rows, height - band * rows)
        upper = replace(depthwise, output_shape=(lines, width, channels))
        lower = replace(pointwise, output_shape=(lines, width, pointwise.output_shape[2]))
        work += work_simd.depthwise_3x3(geometry, upper, first)
        work += work_simd.pointwise(geometry, lower, second)
    return work


def kernels_and_fused(geometry: Geometry) -> tuple[KernelSet, ...]:
    """The unit's own set, and the fused kernel before it."""
    rule = KernelRule(
        "fused/separable",
        partial(is_separable, geometry),
        partial(pack_separable, geometry),
        partial(separable, geometry),
        depthwise_lacks(geometry),
        window=2,
    )
    sources = Path(__file__).parent / "kernels"
    return (*kernels(geometry), KernelSet("fused", sources, (rule,), (FusedSeparableParam,)))


FUSED = Target("fused-16", (replace(SIMD, kernels=kernels_and_fused),))
