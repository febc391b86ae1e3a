"""MobileNetV1 (Howard et al., 2017, arXiv:1704.04861, table 1) in Keras, for small grey images."""

from __future__ import annotations

import keras
from keras import layers

from dwpw.make.mobilenet_v1 import BLOCKS, STEM

ALPHA = 0.25
"""Width multiplier: the fraction of the paper's channels that every layer keeps."""


def build(size: int | None, classes: int) -> keras.Model:
    """A model from [n, size, size, 1] float32 in 0..1 to class probabilities [n, classes].

    The weights do not depend on `size`: the network is convolutional up to its global pooling, so
    that a model trained at one size can continue at another.
    """
    pixels = keras.Input((size, size, 1), name="pixels")
    x = layers.Conv2D(_channels(STEM), 3, strides=2, **_CONVOLUTION, name="stem")(pixels)
    x = _normalise_and_clamp(x, "stem")
    for index, (channels, stride) in enumerate(BLOCKS, start=1):
        name = f"block{index}"
        x = layers.DepthwiseConv2D(3, strides=stride, **_CONVOLUTION, name=f"{name}_depthwise")(x)
        x = _normalise_and_clamp(x, f"{name}_depthwise")
        x = layers.Conv2D(_channels(channels), 1, **_CONVOLUTION, name=f"{name}_pointwise")(x)
        x = _normalise_and_clamp(x, f"{name}_pointwise")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(classes, name="scores")(x)
    return keras.Model(pixels, layers.Softmax(name="probabilities")(x), name="mobilenet_v1")


_CONVOLUTION = {"padding": "same", "use_bias": False}


def _channels(full_width: int) -> int:
    return int(full_width * ALPHA)


def _normalise_and_clamp(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Batch normalisation (folded into the convolution by the converter) and RELU6."""
    x = layers.BatchNormalization(momentum=0.98, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu6")(x)
