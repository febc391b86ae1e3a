"""What operators compute, on batches: exact integers where TFLite's kernels have them.

Arrays are NHWC or (N, features).  Sums are exact whatever order they are taken in, so that the same
seed gives the same model on every machine: every partial sum of integers is below 2^24 in float32
or 2^53 in float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from dwpw.make.blueprint import Node, window_shape
from dwpw.model.windows import pad_before

LARGEST_PRODUCT = 255 * 127
"""Of an activation less its zero point, and a weight."""


def exact_float(terms: int) -> type:
    """The smaller float type in which a sum of so many products of int8 is exact."""
    return np.float32 if terms * LARGEST_PRODUCT < 1 << 24 else np.float64


def accumulate(node: Node, source: np.ndarray, zero_point: int, weights: np.ndarray) -> np.ndarray:
    """The sums of an operator with weights, without its bias: int32, as TFLite has them.

    source: int8; weights: int8 in TFLite's layout.
    """
    kind = exact_float(prod(weights.shape[1:]))
    weights = weights.astype(kind)
    if node.kind == "FULLY_CONNECTED":
        return ((source.astype(kind) - kind(zero_point)) @ weights.T).astype(np.int32)
    sums = np.empty((len(source), *node.shape[1:]), np.int32)
    step = _depthwise if node.kind == "DEPTHWISE_CONV_2D" else _convolution
    for number in range(len(source)):  # one image at a time: windows take room
        image = source[number : number + 1].astype(kind) - kind(zero_point)
        sums[number] = step(node, image, weights)
    return sums


def _depthwise(node: Node, image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    total = np.zeros(node.shape, image.dtype)
    for (row, column), view in window_views(node, image, 0):
        total += view * weights[0, row, column]
    return total[0]


def _convolution(node: Node, image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """One product of matrices: a row for each place of the window."""
    if node.window == node.stride == (1, 1):
        rows = image
    else:
        rows = np.concatenate([view for _, view in window_views(node, image, 0)], axis=-1)
    flat = weights.reshape(len(weights), -1)
    return (rows.reshape(-1, flat.shape[1]) @ flat.T).reshape(node.shape[1:])


def window_views(
    node: Node, source: np.ndarray, outside: float
) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
    """For each place in the window what it sees of the image, [N, out h, out w, c]."""
    out = window_shape(source.shape, node.window, node.stride, node.valid)
    pads = []
    for size, count, reach, step in zip(
        source.shape[1:3], out, node.window, node.stride, strict=True
    ):
        before = 0 if node.valid else pad_before(size, count, reach, step, 1)
        pads.append((before, max((count - 1) * step + reach - size - before, 0)))
    if any(any(pair) for pair in pads):
        source = np.pad(source, ((0, 0), *pads, (0, 0)), constant_values=outside)
    for row in range(node.window[0]):
        for column in range(node.window[1]):
            rows = slice(row, row + (out[0] - 1) * node.stride[0] + 1, node.stride[0])
            columns = slice(column, column + (out[1] - 1) * node.stride[1] + 1, node.stride[1])
            yield (row, column), source[:, rows, columns]


def pool(node: Node, source: np.ndarray) -> np.ndarray:
    """MAX_POOL_2D of int8; AVERAGE_POOL_2D where the window lies inside the image (VALID)."""
    if node.kind == "MAX_POOL_2D":
        result = np.full((len(source), *node.shape[1:]), -128, np.int8)
        for _, view in window_views(node, source, -128):
            np.maximum(result, view, out=result)
        return result
    total = np.zeros((len(source), *node.shape[1:]), np.int32)
    for _, view in window_views(node, source, 0):
        total += view
    return np.rint(total / prod(node.window)).astype(np.int8)


def hard_swish(real: np.ndarray) -> np.ndarray:
    """x * relu6(x + 3) / 6."""
    return real * np.clip(real + 3, 0, 6) / 6
