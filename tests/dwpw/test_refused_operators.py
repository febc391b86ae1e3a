"""Operators beyond the convolutions, each wrong in one respect: one line that names it and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.errors import UserError
from dwpw.model import read_model
from tests.support.kernel_images import OUTPUT, SOURCE, int32, plain
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Constant, Plain, Quantisation, Shape

SHAPE = (1, 3, 4, 5)
TINY = Quantisation(1e-12, 0)
EIGHT_BITS = Quantisation(1 / 256, -128)


def layer(code: str, to: Shape = SHAPE, **more: object) -> Plain:
    (one,) = plain(code, SHAPE, to, **more)[1]
    return one


def int8(*shape: int) -> Constant:
    return Constant(np.zeros(shape, np.int8), SOURCE)


SMALL = "is too small for TFLite's fixed-point arithmetic"
REFUSED: dict[str, tuple[Plain, Quantisation, str]] = {
    "another shape": (layer("RELU", (1, 3, 4, 6)), SOURCE, "output has the shape [1, 3, 4, 6]"),
    "a factor beyond 32 bits": (
        layer("QUANTIZE", output=Quantisation(1e-12, 0)),
        SOURCE,
        "scales of inputs and output give the factor 1e+11, which is too large",
    ),
    "hard-swish of a tiny scale": (layer("HARD_SWISH"), TINY, "too small for TFLite's 16 bits"),
    "hard-swish to a tiny scale": (layer("HARD_SWISH", output=TINY), SOURCE, SMALL),
    "logistic of a tiny scale": (layer("LOGISTIC", output=EIGHT_BITS), TINY, SMALL),
    "tanh of a tiny scale": (
        layer("TANH", output=Quantisation(1 / 128, 0)), TINY, SMALL,
    ),
    "logistic to another scale": (layer("LOGISTIC"), SOURCE, "TFLite wants 1/256 and -128"),
    "a constant of any shape": (
        layer("MUL", constants=(int8(1, 3, 4, 1),), options=("MulOptions", {})),
        SOURCE,
        "operand of the shape [1, 3, 4, 1] is supported only as one value, or one for each of 5"
        " channels",
    ),
    "extremum of other scales": (
        layer("MAXIMUM", constants=(int8(1),), options=("MaximumMinimumOptions", {})),
        SOURCE,
        "inputs and output differ in scale or zero point",
    ),
    "wrong axes": (
        layer("TRANSPOSE", constants=(int32(0, 1, 1, 2),), output=SOURCE),
        SOURCE,
        "has the axes [0, 1, 1, 2] for 4 dimensions",
    ),
    "a slice outside": (
        layer("SLICE", (1, 3, 4, 2), constants=(int32(0, 0, 0, 4), int32(1, 3, 4, 2)),
              output=SOURCE),
        SOURCE,
        "takes [1, 3, 4, 2] from [0, 0, 0, 4] of [1, 3, 4, 5]",
    ),
    "a strided slice of nothing": (
        layer("STRIDED_SLICE", constants=(int32(0, 2, 0, 0), int32(1, 2, 4, 5), int32(1, 1, 1, 1)),
              options=("StridedSliceOptions", {}), output=SOURCE),
        SOURCE,
        "takes nothing of dimension 1",
    ),
    "a split that leaves a rest": (
        layer("SPLIT", (1, 3, 4, 2), constants=(int32(3),), constants_first=True,
              parts=((1, 3, 4, 2),), output=SOURCE, options=("SplitOptions", {"NumSplits": 2})),
        SOURCE,
        "splits 5 into [2, 2] for 2 outputs",
    ),
    "joined to another size": (
        layer("CONCATENATION", (1, 3, 4, 9), others=(-1,), output=SOURCE,
              options=("ConcatenationOptions", {"Axis": 3})),
        SOURCE,
        "joins [[1, 3, 4, 5], [1, 3, 4, 5]] to [1, 3, 4, 9]",
    ),
    "resized to another size": (
        layer("RESIZE_BILINEAR", (1, 6, 8, 5), constants=(int32(6, 7),), output=SOURCE,
              options=("ResizeBilinearOptions", {})),
        SOURCE,
        "output has the shape [1, 6, 8, 5], its parameters give [1, 6, 7, 5]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_operator_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    operator, source, why = REFUSED[name]
    path = tmp_path / "m.tflite"
    path.write_bytes(build_model(SHAPE, source, [operator]))
    with pytest.raises(UserError) as caught:
        read_model(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: operator 0 ({operator.code} 'layer0'): ")
    assert why in message
    assert "\n" not in message


def test_all_that_is_missing_is_said_at_once_with_counts(tmp_path: Path) -> None:
    missing = [layer("GATHER", output=OUTPUT), layer("RELU"), layer("ROUND"), layer("GATHER")]
    path = tmp_path / "m.tflite"
    path.write_bytes(build_model(SHAPE, SOURCE, missing))
    with pytest.raises(UserError) as caught:
        read_model(path)
    assert str(caught.value) == (
        f"{path}: has operators that are not supported: GATHER (2), ROUND (1); the first is"
        " operator 0 (GATHER 'layer0'), and 0 % of the MACs lie before it"
    )
