"""Where the RESIZE operators find the pixels of an output row or column, as TFLite works it out."""

from __future__ import annotations

from math import floor

import numpy as np

from dwpw.quant import round_half_away


def nearest_places(
    before: int, after: int, align_corners: bool, half_pixel_centres: bool
) -> np.ndarray:
    """Places in the input, int [after]: `GetNearestNeighbor`, in single precision."""
    corners = align_corners and after > 1
    scale = np.float32(before - 1) / np.float32(after - 1) if corners else (
        np.float32(before) / np.float32(after)
    )  # fmt: skip
    offset = np.float32(0.5 if half_pixel_centres else 0)
    places = []
    for place in range(after):
        real = float(np.float32((np.float32(place) + offset) * scale))
        found = round_half_away(real) if align_corners else floor(real)
        found = min(found, before - 1)
        places.append(max(found, 0) if half_pixel_centres else found)
    return np.array(places, np.int64)


def bilinear_places(
    before: int, after: int, align_corners: bool, half_pixel_centres: bool
) -> np.ndarray:
    """First and second place, and the distance behind the first in 1/1024, int [after * 3]:
    `ComputeInterpolationValuesInteger`."""
    scale = ((1 << 10) * before + after // 2) // after
    if align_corners and after > 1:
        scale = ((1 << 10) * (before - 1) + (after - 1) // 2) // (after - 1)
    places = []
    for place in range(after):
        real = place * scale
        if half_pixel_centres:
            real += scale // 2 - (1 << 9)
        first = min(max(_truncated(real, 1 << 10), 0), before - 1)
        second = min(_truncated(real + (1 << 10) - 1, 1 << 10), before - 1)
        places += [first, second, real - (first << 10)]
    return np.array(places, np.int64)


def _truncated(value: int, divisor: int) -> int:
    """C's division."""
    return value // divisor if value >= 0 else -(-value // divisor)
