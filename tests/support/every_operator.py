"""A small model that uses every supported operator."""

from __future__ import annotations

import numpy as np

from tests.support.tflite_layers import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Layer,
    Mean,
    Pad,
    Quantisation,
    Reshape,
    Softmax,
)

INPUT_SHAPE = (1, 8, 8, 3)
INPUT = Quantisation(1 / 255, -128)
INNER = Quantisation(0.05, 3)


def every_operator() -> list[Layer]:
    """A chain that uses each supported operator once, and a branch."""
    rng = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray:
        return rng.integers(-127, 128, shape, dtype=np.int8)

    def bias(channels: int) -> np.ndarray:
        return rng.integers(-500, 500, channels, dtype=np.int32)

    return [
        Pad(output=INPUT, paddings=((0, 0), (0, 1), (0, 1), (0, 1))),
        Conv2D(output=INNER, stride=(2, 2), padding="VALID", activation="RELU6",
               weights=weights(4, 3, 3, 4), weight_scale=[0.01, 0.02, 0.01, 0.03], bias=bias(4)),
        DepthwiseConv2D(output=INNER, weights=weights(1, 3, 3, 4),
                        weight_scale=[0.01, 0.02, 0.01, 0.03], bias=bias(4)),
        Add(output=INNER, source=1, other=2),
        Conv2D(output=INNER, weights=weights(8, 1, 1, 4), weight_scale=0.02, bias=bias(8)),
        AveragePool2D(output=INNER, size=(2, 2), stride=(2, 2), padding="VALID"),
        Mean(output=Quantisation(0.04, 2)),
        Reshape(output=Quantisation(0.04, 2), shape=(1, 8)),
        FullyConnected(output=Quantisation(0.1, 0), weights=weights(5, 8), weight_scale=0.02,
                       bias=bias(5)),
        Softmax(),
    ]  # fmt: skip
