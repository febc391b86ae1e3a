"""What the checks of set `simd` refuse: see `check_cases`."""

from __future__ import annotations

from dwpw.image.format import (
    MulParam,
    Span,
)
from dwpw.image.limits import MAX_BYTES
from dwpw.kernels.param_simd import (
    SimdConvPatchesParam,
    SimdConvPointwiseParam,
    SimdConvRowsParam,
    SimdConvWideParam,
    SimdDepthwise3x3Param,
    SimdDepthwiseWindowParam,
)
from tests.firmware import check_cases_of_movement
from tests.firmware.check_rows import (
    OVERLAP,
    POINTWISE,
    SCRATCH,
    THREE,
    TWO_TENSORS,
    WINDOW,
    Rows,
)
from tests.support.damage import both, constant, enlarged, fields, longer, over, param

BLOCK = SimdDepthwise3x3Param
PARTS = SimdConvWideParam
WALK = SimdDepthwiseWindowParam
TILE = {
    "no channel": (0, "tile"),
    "channels below none": (-4, "tile"),
    "half a group": (6, "tile"),
    "more results than can wait": (68, "tile"),
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

CASES: dict[str, Rows] = {
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
        "more groups than a block has": (param(BLOCK.BLOCK_GROUPS, 17), "block"),
        "none at once": (param(BLOCK.AT_ONCE, 0), "block"),
        "seventeen at once": (param(BLOCK.AT_ONCE, 17), "block"),
        "no outputs of a strip": (param(BLOCK.STRIP, 0), "strip"),
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
            both(fields(kernel_h=36), param(SimdConvPatchesParam.TILE_CHANNELS, 40)),
            "tile",
        ),
        **SCRATCH,
        "a strip of lines further apart": (fields(dilation_h=2), "scratch"),
        "a strip of columns further apart": (fields(dilation_w=2), "scratch"),
    },
    "simd/conv_wide": {
        **OVERLAP,
        **WINDOW,
        "half a word of channels": (fields(in_h=920, in_c=2), "channels"),
        "no main part": (param(PARTS.MAIN_WORDS, 0), "parts"),
        "a main part larger than the store": (param(PARTS.MAIN_WORDS, 114), "parts"),
        "no words of a piece": (param(PARTS.PIECE_WORDS, 0), "parts"),
        "a piece larger than the patch": (param(PARTS.PIECE_WORDS, 29), "parts"),
        "no pieces": (param(PARTS.PIECES, 0), "parts"),
        "pieces below none": (param(PARTS.PIECES, -1), "parts"),
        "more pieces than the store has digits for": (param(PARTS.PIECES, 257), "parts"),
        "channels beyond the parts": (param(PARTS.MAIN_WORDS, 100), "parts"),
        "columns upon each other": (param(PARTS.MAIN_PITCH, 32), "parts"),
        "columns of a piece upon each other": (param(PARTS.PIECE_PITCH, 8), "parts"),
        "columns between words": (param(PARTS.MAIN_PITCH, 8194), "parts"),
        "columns before each other": (param(PARTS.MAIN_PITCH, -4096), "parts"),
        "columns behind the scratch": (param(PARTS.PIECE_PITCH, 1 << 20), "scratch"),
        "columns beyond every memory": (param(PARTS.PIECE_PITCH, MAX_BYTES), "scratch"),
        "output over scratch": (over("output", "scratch"), "overlap"),
        "input over scratch": (over("input", "scratch"), "overlap"),
        "no scratch": (fields(scratch=Span(0, 0)), "scratch"),
        "scratch too small": (longer("scratch", -4), "scratch"),
        **TABLE,
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
            both(param(WALK.SEGMENTS, 13), param(WALK.WITH_HISTORY, 13)),
            "block",
        ),
        "history below none": (param(WALK.WITH_HISTORY, -1), "block"),
        "none at once": (param(WALK.AT_ONCE, 0), "block"),
        "as many at once as groups, and not all with history": (
            both(param(WALK.WITH_HISTORY, 1), param(WALK.AT_ONCE, 2)),
            "block",
        ),
        "more at once than the block has": (param(WALK.AT_ONCE, 9), "block"),
        "no outputs along the walk": (param(WALK.STRIP, 0), "scratch"),
        "no outputs across": (param(WALK.BAND, 0), "scratch"),
        "columns upon each other": (param(WALK.PITCH, 32), "scratch"),
        "columns that begin within a line": (param(WALK.PITCH, 1000), "scratch"),
        "columns before each other": (param(WALK.PITCH, -1024), "scratch"),
        "columns behind the scratch": (param(WALK.PITCH, 1 << 20), "scratch"),
        "no tile, and segments of one": (param(WALK.PITCH, 0), "shift"),
        "no tile of columns": (both(param(WALK.PITCH, 0), param(WALK.WALK_DOWN, 1)), "scratch"),
        "no tile for a group alone": (
            both(param(WALK.PITCH, 0), param(WALK.AT_ONCE, 1)),
            "scratch",
        ),
        "no tile and no strip": (both(param(WALK.PITCH, 0), param(WALK.STRIP, 0)), "scratch"),
        "no tile and no room for a line of padding": (
            both(param(WALK.PITCH, 0), fields(scratch=Span(192, 32))),
            "scratch",
        ),
        "weights of more segments": (
            both(param(WALK.SEGMENTS, 1), param(WALK.WITH_HISTORY, 1)),
            "weights",
        ),
        "a segment in front of the window": (constant("shift", 0, -4), "shift"),
        "a segment behind the window": (constant("shift", -1, 1 << 20), "shift"),
        "a segment between words": (constant("shift", 0, 2), "shift"),
        "a place missing": (longer("shift", -4), "shift"),
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
    "simd/padded": {
        "first window outside": (fields(pad_top=5), "window"),
        "another shape between": (fields(in_h=25, in_w=1), "between"),
        "scratch too small": (longer("scratch", -4), "scratch"),
        **TABLE,
    },
    "simd/table_twice": {
        "another shape": (enlarged("out", "h", 6), "shape"),
        "a value missing": (longer("table", -1), "table"),
    },
    "simd/average_lines": {
        **OVERLAP,
        "channels lost": (fields(in_w=8, in_c=256), "channels"),
        "window too high": (fields(kernel_h=5), "window"),
        "window too wide": (fields(kernel_h=1, kernel_w=5), "pixels"),
        **TABLE,
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
