"""What the checks refuse: for every kernel, damages and the name by which each is refused.

A damage is wrong in one respect only, so that a check that went missing is missed: the row would be
refused by another name, or not at all.
"""

from __future__ import annotations

from dwpw.image.format import (
    AddParam,
    Span,
)
from dwpw.kernels.param_scalar import ScalarDepthwise3x3Param
from tests.firmware import check_cases_of_movement, check_cases_of_simd
from tests.firmware.check_rows import (
    ADD,
    DEPTH,
    MEAN,
    OVERLAP,
    PAD,
    POINTWISE,
    POOL,
    SCALES,
    SCRATCH,
    THREE,
    VECTOR,
    WEIGHTS,
    WINDOW,
    Rows,
    tile_scratch,
)
from tests.support.damage import both, fields, longer, over, param

PIECE = ScalarDepthwise3x3Param
SUM: Rows = {
    **ADD,
    "headroom": (param(AddParam.LEFT_SHIFT, 23), "left shift"),
    "headroom below none": (param(AddParam.LEFT_SHIFT, -1), "left shift"),
    "first multiplier": (param(AddParam.INPUT1_MULTIPLIER, -1), "multiplier"),
    "second multiplier": (param(AddParam.INPUT2_MULTIPLIER, -1), "multiplier"),
    "first shift": (param(AddParam.INPUT1_SHIFT, -32), "shift"),
    "second shift": (param(AddParam.INPUT2_SHIFT, -32), "shift"),
    "first shift to the left": (param(AddParam.INPUT1_SHIFT, 1), "shift"),
    "second shift to the left": (param(AddParam.INPUT2_SHIFT, 1), "shift"),
}

CASES: dict[str, Rows] = {
    **check_cases_of_movement.CASES,
    "reference/conv": {**OVERLAP, **WINDOW, **WEIGHTS, **SCALES},
    "reference/conv_wide": {**OVERLAP, **WINDOW, **WEIGHTS, **SCALES},
    "reference/depthwise_wide": {**OVERLAP, **WINDOW, **DEPTH, **WEIGHTS, **SCALES},
    "reference/max_pool": POOL,
    "reference/subtract": SUM,
    "reference/depthwise_conv": {**OVERLAP, **WINDOW, **DEPTH, **WEIGHTS, **SCALES},
    "reference/fully_connected": {**OVERLAP, **VECTOR, **WEIGHTS, **SCALES},
    "reference/average_pool": POOL,
    "reference/mean": MEAN,
    "reference/add": SUM,
    "reference/pad": PAD,
    "reference/reshape": {
        "output over a part of the input": (over("output", "input"), "overlap"),
        "another size": (both(longer("output", -4), fields(out_c=20)), "shape"),
    },
    "reference/softmax": {
        **OVERLAP,
        "another shape": (fields(in_h=2, in_c=5), "shape"),
        "no table": (fields(table=Span(0, 0)), "table"),
        "a short table": (longer("table", -4), "table"),
    },
    "scalar/conv": {**OVERLAP, **WINDOW, **WEIGHTS, **SCALES, **tile_scratch(28)},
    "scalar/conv_pointwise": {
        **OVERLAP,
        **POINTWISE,
        **WEIGHTS,
        **SCALES,
        **tile_scratch(8),
    },
    "scalar/depthwise_3x3": {
        **OVERLAP,
        **THREE,
        "stride that has no loop": (fields(stride_w=3), "stride"),
        **WEIGHTS,
        **SCALES,
        **SCRATCH,
        "no channels": (param(PIECE.CHANNELS, 0), "piece"),
        "half a group": (param(PIECE.CHANNELS, 2), "piece"),
        "channels below none": (param(PIECE.CHANNELS, -128), "piece"),
        "no lines": (param(PIECE.LINES, 0), "piece"),
        "lines below none": (param(PIECE.LINES, -128), "piece"),
        "more lines than there are": (param(PIECE.LINES, 4), "piece"),
        "no columns": (param(PIECE.COLUMNS, 0), "piece"),
        "columns below none": (param(PIECE.COLUMNS, -128), "piece"),
        "more columns than there are": (param(PIECE.COLUMNS, 2), "piece"),
    },
    "scalar/depthwise_conv": {
        **OVERLAP,
        **WINDOW,
        **DEPTH,
        **WEIGHTS,
        **SCALES,
        **SCRATCH,
    },
    "scalar/fully_connected": {
        **OVERLAP,
        "input of lines": (fields(in_h=3, in_c=6), "shape"),
        "output of lines": (fields(out_h=6, out_c=1), "shape"),
        **WEIGHTS,
        **SCALES,
        **SCRATCH,
    },
    "scalar/average_pool": POOL,
    "scalar/max_pool": {
        **POOL,
        "half a word of channels": (
            both(fields(in_w=12, in_c=2), fields(out_w=6, out_c=2)),
            "channels",
        ),
    },
    "scalar/mean": MEAN,
    "scalar/add": {
        **ADD,
        "no table": (fields(table=Span(0, 0)), "table"),
        "a short table": (longer("table", -4), "table"),
    },
    "scalar/pad": {
        **PAD,
        "more channels": (fields(out_w=4, out_c=5), "channels"),
    },
    **check_cases_of_simd.CASES,
}
"""Kernel -> rows; the damage is done to the last operator of `tests.support.kernel_images`."""
