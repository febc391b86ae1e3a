"""What the checks refuse: for every kernel, damages and the name by which each is refused.

A damage is wrong in one respect only, so that a check that went missing is missed: the row would be
refused by another name, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from dwpw.image.format import (
    AddParam,
    Header,
    MeanParam,
    MulParam,
    Operator,
    PadParam,
    Span,
)
from dwpw.image.limits import D_CACHE_BYTES, GEMM_ROWS, MAX_BYTES, MAX_SUMMED
from dwpw.kernels.param_scalar import ScalarDepthwise3x3Param
from dwpw.kernels.param_simd import (
    SimdConvPatchesParam,
    SimdConvPointwiseParam,
    SimdConvRowsParam,
    SimdDepthwise3x3Param,
    SimdDepthwiseWindowParam,
)
from tests.firmware import check_cases_of_movement
from tests.support.damage import Damage, both, constant, enlarged, fields, longer, onto, over, param

Rows = Mapping[str, tuple[Damage, str]]
"""Description -> damage, name of what is refused."""

OVERLAP: Rows = {
    "output over input": (over("output", "input"), "overlap"),
}
SCRATCH_PLACE: Rows = {
    "output over scratch": (over("output", "scratch"), "overlap"),
    "scratch over input": (over("scratch", "input"), "overlap"),
    "no scratch": (fields(scratch=Span(0, 0)), "scratch"),
}
SCRATCH: Rows = {
    **SCRATCH_PLACE,
    "scratch too small": (longer("scratch", -4), "scratch"),
}


def tile_scratch(depth: int) -> Rows:
    """Less room than for four rows of `depth` values."""

    def shorten(_content: bytearray, _header: Header, operator: Operator) -> None:
        operator.scratch.size = D_CACHE_BYTES + GEMM_ROWS * depth - 4

    return {**SCRATCH_PLACE, "scratch too small": (shorten, "scratch")}


SCALES: Rows = {
    "a bias missing": (longer("bias", -4), "bias"),
    "a bias too many": (longer("bias", 4), "bias"),
    "no bias": (fields(bias=Span(0, 0)), "bias"),
    "a multiplier missing": (longer("multiplier", -4), "multiplier"),
    "a shift missing": (longer("shift", -4), "shift"),
    "first multiplier negative": (constant("multiplier", 0, -1), "multiplier"),
    "last multiplier negative": (constant("multiplier", -1, -1), "multiplier"),
    "shift to the left too far": (constant("shift", 0, 31), "shift"),
    "shift to the right too far": (constant("shift", -1, -32), "shift"),
}
WEIGHTS: Rows = {
    "weights of 4 bytes": (fields(weights=Span(192, 4)), "weights"),
    "a weight missing": (longer("weights", -1), "weights"),
    "a weight too many": (longer("weights", 1), "weights"),
}
WINDOW: Rows = {"first window outside": (fields(pad_top=5), "window")}
DEPTH: Rows = {"outputs per channel": (fields(depth_multiplier=3), "channels")}
VECTOR: Rows = {
    "input of two lines": (fields(in_h=2, in_c=6), "shape"),
    "input of two columns": (fields(in_w=2, in_c=6), "shape"),
    "output of lines": (fields(out_h=5, out_c=1), "shape"),
    "output of columns": (fields(out_w=5, out_c=1), "shape"),
}
LARGEST = both(
    fields(in_h=1, in_w=MAX_SUMMED + 1, in_c=1, out_h=1, out_w=1, out_c=1),
    fields(kernel_h=1, kernel_w=MAX_SUMMED + 1, pad_top=0, pad_left=0),
    fields(input=Span(64, MAX_SUMMED + 1), output=Span(0, 1)),
    lambda _content, header, _operator: setattr(header, "arena_size", 2 * MAX_SUMMED),
)
POOL: Rows = {
    **OVERLAP,
    **WINDOW,
    "lines apart": (fields(dilation_h=2), "window"),
    "columns apart": (fields(dilation_w=2), "window"),
    "channels lost": (fields(in_h=12, in_c=2), "shape"),
    "more than a sum can hold": (LARGEST, "pixels"),
}
MEAN: Rows = {
    **OVERLAP,
    "channels lost": (fields(in_w=8, in_c=4), "shape"),
    "two lines": (both(fields(in_h=8, in_c=4, out_h=2, out_c=4)), "shape"),
    "two columns": (both(fields(in_w=8, in_c=4, out_w=2, out_c=4)), "shape"),
    "more than a sum can hold": (LARGEST, "pixels"),
    "multiplier": (param(MeanParam.MULTIPLIER, -1), "multiplier"),
    "shift to the left": (param(MeanParam.SHIFT, 31), "shift"),
    "shift to the right": (param(MeanParam.SHIFT, -32), "shift"),
}
TWO_TENSORS: Rows = {
    **OVERLAP,
    "output over second input": (onto("output", "input2"), "overlap"),
    "scratch over second input": (over("scratch", "input2", size=4), "overlap"),
    "height": (enlarged("out", "h", 6), "shape"),
    "width": (enlarged("out", "w", 5), "shape"),
    "channels": (enlarged("out", "c", 9), "shape"),
    "second input too short": (longer("input2", -4), "input2"),
    "no second input": (fields(input2=Span(0, 0)), "input2"),
}
ADD: Rows = {
    **TWO_TENSORS,
    "output multiplier": (param(AddParam.OUTPUT_MULTIPLIER, -1), "multiplier"),
    "output shift": (param(AddParam.OUTPUT_SHIFT, 31), "shift"),
}
PAD: Rows = {
    **OVERLAP,
    "above": (fields(pad_top=3), "pad"),
    "left": (fields(pad_left=3), "pad"),
    "channels in front": (param(PadParam.PAD_FRONT_C, 4), "pad"),
    "channels before the first": (param(PadParam.PAD_FRONT_C, -1), "pad"),
    "value too large": (param(PadParam.PAD_VALUE, 128), "pad value"),
    "value too small": (param(PadParam.PAD_VALUE, -129), "pad value"),
}
THREE: Rows = {
    **WINDOW,
    "four lines": (fields(kernel_h=4), "window"),
    "two columns": (fields(kernel_w=2), "window"),
    "lines apart": (fields(dilation_h=2), "window"),
    "columns apart": (fields(dilation_w=2), "window"),
    "outputs per channel": (fields(depth_multiplier=2), "channels"),
    "channels lost": (fields(in_h=12, in_c=4), "channels"),
}
POINTWISE: Rows = {
    "window": (fields(kernel_h=2), "window"),
    "window's width": (fields(kernel_w=2), "window"),
    "stride": (fields(stride_h=2), "window"),
    "stride along lines": (fields(stride_w=2), "window"),
    "padding above": (fields(pad_top=1), "window"),
    "padding left": (fields(pad_left=1), "window"),
    "another height": (enlarged("out", "h", 7), "window"),
    "another width": (enlarged("out", "w", 7), "window"),
}
PIECE = ScalarDepthwise3x3Param
BLOCK = SimdDepthwise3x3Param
WALK = SimdDepthwiseWindowParam
TILE = {
    "no channel": (0, "tile"),
    "channels below none": (-4, "tile"),
    "half a group": (6, "tile"),
    "more results than can wait": (36, "tile"),
}
TABLE: Rows = {
    "weights of 4 bytes": (fields(weights=Span(192, 4)), "weights"),
    "a weight missing": (longer("weights", -1), "weights"),
    "scales of 4 bytes": (fields(table=Span(192, 4)), "table"),
    "a scale missing": (longer("table", -36), "table"),
    "first multiplier negative": (constant("table", 1, -1), "multiplier"),
    "multiplier in the middle negative": (constant("table", 7, -1), "multiplier"),
    "first shift to the right": (constant("table", 8, -32 & 0xFF), "shift"),
    "last shift to the left": (constant("table", -1, 31 << 24), "shift"),
}

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
    "simd/conv_pointwise": {
        **OVERLAP,
        **POINTWISE,
        "a line of outputs fewer": (both(fields(out_h=1), longer("output", -80)), "window"),
        "a step out of memory": (
            both(fields(out_h=1, stride_h=MAX_BYTES), longer("output", -80)),
            "window",
        ),
        "half a word of channels": (
            both(fields(in_c=254), longer("input", -8)),
            "channels",
        ),
        **TABLE,
        **{
            what: (param(SimdConvPointwiseParam.TILE_CHANNELS, value), refused)
            for what, (value, refused) in TILE.items()
        },
    },
    "simd/conv_rows": {
        **OVERLAP,
        **WINDOW,
        "lines apart": (fields(dilation_h=2), "window"),
        "columns apart": (fields(dilation_w=2), "window"),
        "17 lines": (fields(kernel_h=17), "kernel_h"),
        "64 lines": (fields(kernel_h=64), "kernel_h"),
        "65,536 lines": (fields(kernel_h=65536), "kernel_h"),
        "no room for a copy of lines of half words": (fields(in_h=16, in_w=3), "scratch"),
        "words of a row": (param(SimdConvRowsParam.ROW_WORDS, 4), "phases"),
        "more words of a row": (param(SimdConvRowsParam.ROW_WORDS, 6), "phases"),
        "phases": (param(SimdConvRowsParam.PHASES, 2), "phases"),
        "a patch too large": (
            both(fields(kernel_w=68), param(SimdConvRowsParam.ROW_WORDS, 52)),
            "patch",
        ),
        **TABLE,
        **{
            what: (param(SimdConvRowsParam.TILE_CHANNELS, value), refused)
            for what, (value, refused) in TILE.items()
        },
        "a tile larger than the store": (
            both(
                fields(kernel_w=10),
                both(
                    param(SimdConvRowsParam.ROW_WORDS, 9),
                    param(SimdConvRowsParam.TILE_CHANNELS, 24),
                ),
            ),
            "tile",
        ),
        **SCRATCH,
    },
    "simd/depthwise_3x3": {
        **OVERLAP,
        **THREE,
        "half a word of channels": (
            fields(in_h=24, in_c=2, out_h=24, out_c=2),
            "channels",
        ),
        "no groups": (param(BLOCK.BLOCK_GROUPS, 0), "block"),
        "groups below none": (param(BLOCK.BLOCK_GROUPS, -1), "block"),
        "more groups than a block has": (param(BLOCK.BLOCK_GROUPS, 9), "block"),
        "none at once": (param(BLOCK.AT_ONCE, 0), "block"),
        "three at once": (param(BLOCK.AT_ONCE, 3), "block"),
        "eight at once": (param(BLOCK.AT_ONCE, 8), "block"),
        **TABLE,
    },
    "simd/conv_patches": {
        **OVERLAP,
        **WINDOW,
        "half a word of channels": (fields(in_h=24, in_c=2), "channels"),
        **TABLE,
        **{
            what: (param(SimdConvPatchesParam.TILE_CHANNELS, value), refused)
            for what, (value, refused) in TILE.items()
        },
        "a tile larger than the store": (
            both(fields(kernel_h=9), param(SimdConvPatchesParam.TILE_CHANNELS, 40)),
            "tile",
        ),
        **SCRATCH,
        "a strip of lines further apart": (fields(dilation_h=2), "scratch"),
        "a strip of columns further apart": (fields(dilation_w=2), "scratch"),
    },
    "simd/depthwise_window": {
        **OVERLAP,
        **WINDOW,
        "outputs per channel": (fields(depth_multiplier=2), "channels"),
        "channels lost": (fields(in_h=12, in_c=4), "channels"),
        "no groups": (param(WALK.BLOCK_GROUPS, 0), "block"),
        "groups below none": (param(WALK.BLOCK_GROUPS, -1), "block"),
        "more groups than a line of the tile has": (param(WALK.BLOCK_GROUPS, 9), "block"),
        "a block larger than the store": (
            both(param(WALK.SEGMENTS, 200), param(WALK.BLOCK_GROUPS, 8)),
            "block",
        ),
        "no segments": (param(WALK.SEGMENTS, 0), "block"),
        "segments below none": (param(WALK.SEGMENTS, -1), "block"),
        "more history than segments": (param(WALK.WITH_HISTORY, 3), "block"),
        "more history than rows": (
            both(param(WALK.SEGMENTS, 4), param(WALK.WITH_HISTORY, 4)),
            "block",
        ),
        "history below none": (param(WALK.WITH_HISTORY, -1), "block"),
        "no outputs along the walk": (param(WALK.STRIP, 0), "scratch"),
        "no outputs across": (param(WALK.BAND, 0), "scratch"),
        "columns upon each other": (param(WALK.PITCH, 32), "scratch"),
        "columns that begin within a line": (param(WALK.PITCH, 1000), "scratch"),
        "columns before each other": (param(WALK.PITCH, -1024), "scratch"),
        "columns behind the scratch": (param(WALK.PITCH, 1 << 20), "scratch"),
        "a segment in front of the window": (constant("shift", 0, -4), "shift"),
        "a segment behind the window": (constant("shift", 0, 1 << 20), "shift"),
        "a segment between words": (constant("shift", 0, 2), "shift"),
        "too few places": (fields(shift=Span(192, 4)), "shift"),
        **TABLE,
        **SCRATCH,
    },
    "simd/table": check_cases_of_movement.CASES["scalar/table"],
    "simd/sum": {**TWO_TENSORS, **TABLE},
    "simd/multiply_channels": {
        **OVERLAP,
        **check_cases_of_movement.SAME_SHAPE,
        **check_cases_of_movement.REPEATED,
        "half a word of channels": (
            both(
                both(fields(in_w=16, in_c=2), fields(out_w=16, out_c=2)),
                longer("input2", -6),
            ),
            "channels",
        ),
        "multiplier": (param(MulParam.MULTIPLIER, -1), "multiplier"),
        "shift": (param(MulParam.SHIFT, 31), "shift"),
    },
    "simd/average": {
        **OVERLAP,
        "channels lost": (fields(in_w=8, in_c=4), "channels"),
        "half a word of channels": (fields(in_w=16, in_c=2, out_w=4, out_c=2), "channels"),
        "window too high": (fields(kernel_h=5), "window"),
        "window too wide": (fields(kernel_w=17), "window"),
        "a step beyond every memory": (fields(stride_h=MAX_BYTES), "window"),
        **TABLE,
    },
}
"""Kernel -> rows; the damage is done to the last operator of `tests.support.kernel_images`."""
