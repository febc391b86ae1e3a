"""Seeded inputs on which a network is calibrated and checked: int8, as they are stored."""

from __future__ import annotations

import numpy as np

CALIBRATION, CHECK = 4, 2
"""Inputs at the front of a batch that choose the scales; inputs behind them that only look."""

STREAM = 1 << 20
"""Beyond any place of an operator, whose weights have random streams of their own."""

FINE = 24
"""Steps of the noise over the blocks."""


def samples(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """A batch [6, h, w, c]: noise and images of coarse blocks by turns.

    Noise is what `dwpw compare` takes without --input; blocks are as correlated as photographs.
    """
    rng = np.random.default_rng([seed, STREAM])
    height, width, channels = shape[1:]
    images = []
    for number in range(CALIBRATION + CHECK):
        if number % 2 == 0:
            images.append(rng.integers(-128, 128, (height, width, channels)))
            continue
        side = max(2, height // 8)
        rough = rng.integers(-128, 128, (-(-height // side), -(-width // side), channels))
        blocks = rough.repeat(side, axis=0).repeat(side, axis=1)[:height, :width]
        blocks = blocks + rng.integers(-FINE, FINE + 1, blocks.shape)
        images.append(np.clip(blocks, -128, 127))
    return np.stack(images).astype(np.int8)
