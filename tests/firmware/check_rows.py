"""Rows that kernels of several kinds have in common: see `check_cases`."""

from __future__ import annotations

from collections.abc import Mapping

from dwpw.image.format import (
    AddParam,
    Header,
    MeanParam,
    Operator,
    PadParam,
    Span,
)
from dwpw.image.limits import D_CACHE_BYTES, GEMM_ROWS, MAX_SUMMED
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
