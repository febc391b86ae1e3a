"""Models with a depthwise 3x3 and the pointwise behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dwpw.model import Graph
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from tests.fused.target import FUSED
from tests.support.exactness import read_bytes
from tests.support.kernel_images import SOURCE, conv, depthwise
from tests.support.random_models import random_conv, random_depthwise, random_quantisation
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Layer, Mean, Quantisation, Shape


def random_pair(rng: np.random.Generator, shape: Shape, source: Quantisation) -> list[Layer]:
    """Any stride and padding of the depthwise convolution, any output channels behind it."""
    depthwise = random_depthwise(rng, shape, source, three=True)
    between = depthwise.output_shape(shape)
    pointwise = random_conv(rng, between, depthwise.output, pointwise=True)
    return [depthwise, pointwise]


def random_model(seed: int, directory: Path) -> Graph:
    """One pair and an average behind it."""
    rng = np.random.default_rng([7, seed])
    height, width = (int(size) for size in rng.integers(1, 14, 2))
    shape = (1, height, width, 4 * int(rng.integers(1, 12)))
    source = random_quantisation(rng)
    pair = random_pair(rng, shape, source)
    layers = [*pair, Mean(output=pair[-1].output)]
    return read_bytes(build_model(shape, source, layers), directory)


def small_pair(directory: Path, behind: Sequence[Layer] = ()) -> Graph:
    """A pair of 6x6 pixels and 8 channels, and what stands behind it."""
    shape = (1, 6, 6, 8)
    (_, first), (_, second) = depthwise(shape, 3), conv(shape, 1, 8)
    return read_bytes(build_model(shape, SOURCE, [*first, *second, *behind]), directory)


def small_image(directory: Path, traced: bool = False) -> bytes:
    """The image of `small_pair` for the fused kernel."""
    return pack(plan(small_pair(directory), FUSED, FUSED.kernel_set("fused"), traced))
