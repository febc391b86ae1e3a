"""What the checks refuse of kernels that are no convolutions: see `check_cases`."""

from __future__ import annotations

from collections.abc import Mapping

from dwpw.image.format import (
    ConcatenationParam,
    CopyParam,
    ExtremumParam,
    MeanParam,
    MulParam,
    Span,
)
from tests.support.damage import (
    Damage,
    both,
    constant,
    enlarged,
    fields,
    longer,
    onto,
    over,
    param,
)

Rows = Mapping[str, tuple[Damage, str]]

OVERLAP: Rows = {"output over input": (over("output", "input"), "overlap")}
SAME_SHAPE: Rows = {
    "height": (enlarged("out", "h", 6), "shape"),
    "width": (enlarged("out", "w", 5), "shape"),
    "channels": (enlarged("out", "c", 9), "shape"),
}
REPEATED: Rows = {
    "output over second input": (onto("output", "input2"), "overlap"),
    "second input too short": (longer("input2", -4), "input2"),
    "no second input": (fields(input2=Span(0, 0)), "input2"),
}
PLACES: Rows = {
    **OVERLAP,
    "channels lost": (fields(in_w=20, in_c=1), "channels"),
    "a place missing": (longer("table", -4), "table"),
    "first row above": (constant("table", 0, -1), "place"),
    "first row below": (constant("table", 0, 3), "place"),
}

CASES: dict[str, Rows] = {
    "reference/table": {
        **OVERLAP,
        **SAME_SHAPE,
        "no table": (fields(table=Span(0, 0)), "table"),
        "a value missing": (longer("table", -1), "table"),
        "half a table": (longer("table", -128), "table"),
    },
    "scalar/table": {
        **OVERLAP,
        **SAME_SHAPE,
        "no table": (fields(table=Span(0, 0)), "table"),
        "a value missing": (longer("table", -1), "table"),
        "half a table": (longer("table", -128), "table"),
    },
    "reference/mean_lines": {
        **OVERLAP,
        "a line lost": (enlarged("out", "h", 3), "shape"),
        "not averaged": (enlarged("out", "w", 2), "shape"),
        "channels": (enlarged("out", "c", 9), "shape"),
        "multiplier": (param(MeanParam.MULTIPLIER, -1), "multiplier"),
        "shift": (param(MeanParam.SHIFT, 31), "shift"),
    },
    "reference/multiply": {
        **OVERLAP,
        **SAME_SHAPE,
        **REPEATED,
        "multiplier": (param(MulParam.MULTIPLIER, -1), "multiplier"),
        "shift": (param(MulParam.SHIFT, 31), "shift"),
    },
    "reference/extremum": {
        **OVERLAP,
        **SAME_SHAPE,
        **REPEATED,
        "neither": (param(ExtremumParam.LARGEST, 2), "largest"),
    },
    "reference/copy": {
        **OVERLAP,
        "before the first": (param(CopyParam.START, -1), "steps"),
        "behind the last": (param(CopyParam.START, 1), "steps"),
        "planes apart": (param(CopyParam.STEP_H, 16), "steps"),
        "lines apart": (param(CopyParam.STEP_W, 6), "steps"),
        "values apart": (param(CopyParam.STEP_C, 21), "steps"),
        "backwards": (param(CopyParam.STEP_C, -20), "steps"),
        "a step of nowhere": (
            both(fields(out_h=1, out_w=1, out_c=60), param(CopyParam.STEP_H, -(1 << 30))),
            "steps",
        ),
    },
    "scalar/copy": {
        **OVERLAP,
        "before the first": (param(CopyParam.START, -1), "steps"),
        "behind the last": (param(CopyParam.START, 31), "steps"),
        "values apart": (param(CopyParam.STEP_C, 2), "steps"),
    },
    "reference/concatenation": {
        "output over input": (over("output", "input"), "overlap"),
        "no pieces": (param(ConcatenationParam.OUTER, 0), "outer"),
        "pieces of different sizes": (param(ConcatenationParam.OUTER, 7), "input"),
        "half a span": (longer("table", -4), "table"),
        "an input missing": (longer("table", -8), "output"),
        "an input outside": (constant("table", 0, 1 << 20), "input"),
        "an input too long": (constant("table", 1, 1 << 20), "input"),
    },
    "reference/resize_nearest": {
        **PLACES,
        "last column behind": (constant("table", -1, 4), "place"),
    },
    "reference/resize_bilinear": {
        **PLACES,
        "second row below": (constant("table", 1, 3), "place"),
        "far behind the first": (constant("table", 2, 1 << 12), "place"),
        "far before the first": (constant("table", -1, -(1 << 12)), "place"),
    },
}
