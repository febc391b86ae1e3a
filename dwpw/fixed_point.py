"""TFLite's integer scaling on arrays."""

from __future__ import annotations

import numpy as np


def wrapped(values: np.ndarray) -> np.ndarray:
    """int64 as it is left in 32 bits, still int64."""
    return values.astype(np.int32).astype(np.int64)


def scale(values: np.ndarray, multiplier: np.ndarray | int, shift: np.ndarray | int) -> np.ndarray:
    """int64 [n] times multiplier / 2^31 * 2^shift: `MultiplyByQuantizedMultiplier`.

    Rounded twice: halves up behind the product, halves away from zero behind the right shift.
    """
    left, right = np.maximum(shift, 0), np.maximum(-np.asarray(shift), 0)
    high = (wrapped(values << left) * multiplier + (1 << 30)) >> 31
    half = (np.int64(1) << right) >> 1
    return np.sign(high) * ((np.abs(high) + half) >> right)
