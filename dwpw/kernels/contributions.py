"""What each value of the inputs of ADD and SUB adds to the sum."""

from __future__ import annotations

import numpy as np

from dwpw.fixed_point import scale
from dwpw.image.format import AddParam
from dwpw.kernels.packing import LoweredOperator

INT8 = np.arange(-128, 128, dtype=np.int64)


def contributions(op: LoweredOperator) -> tuple[np.ndarray, np.ndarray]:
    """int64 [256] for each input, in the scale that TFLite gives both; SUB subtracts the second."""

    def scaled(offset: int, multiplier: AddParam, shift: AddParam) -> np.ndarray:
        values = (INT8 + offset) << op.param[AddParam.LEFT_SHIFT]
        return scale(values, op.param[multiplier], op.param[shift])

    first = scaled(op.input_offset, AddParam.INPUT1_MULTIPLIER, AddParam.INPUT1_SHIFT)
    second = scaled(op.input2_offset, AddParam.INPUT2_MULTIPLIER, AddParam.INPUT2_SHIFT)
    return first, -second if op.kind == "SUB" else second
