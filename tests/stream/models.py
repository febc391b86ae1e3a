"""Models whose operators the streaming unit takes, and their images."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dwpw.image.format import NO_FLAGS, Flag
from dwpw.model import Graph
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from dwpw.target.registry import TARGETS
from tests.support.exactness import read_bytes
from tests.support.kernel_images import OUTPUT, SOURCE, conv, depthwise
from tests.support.stream_steps import random_blocks, random_chain
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Mean, Pad, Reshape, Softmax

TARGET = TARGETS["stream-32"]
SET = TARGET.kernel_set("stream")
KERNEL = "stream/program"
SHAPE = (1, 6, 6, 8)


def pair(directory: Path) -> Graph:
    """A depthwise 3x3 and a pointwise operator of 6x6 pixels and 8 channels."""
    (_, first), (_, second) = depthwise(SHAPE, 3), conv(SHAPE, 1, 8)
    return read_bytes(build_model(SHAPE, SOURCE, [*first, *second]), directory)


def among_others(directory: Path) -> Graph:
    """Two steps of the unit with one of another set between them, and two behind."""
    (_, first), (_, second) = depthwise(SHAPE, 3), conv(SHAPE, 1, 8)
    pad = Pad(paddings=((0, 0), (1, 1), (1, 1), (0, 0)), output=OUTPUT)
    behind = [Mean(output=OUTPUT), Reshape(shape=(1, 8), output=OUTPUT), Softmax()]
    return read_bytes(build_model(SHAPE, SOURCE, [*first, pad, *second, *behind]), directory)


def image(graph: Graph, traced: bool = False, flags: Flag = NO_FLAGS) -> bytes:
    """For set `stream`."""
    return pack(plan(graph, TARGET, SET, traced), flags)


def random_model(seed: int, directory: Path) -> Graph:
    """A chain of operators, or the blocks of a MobileNet."""
    rng = np.random.default_rng([11, seed])
    if rng.random() < 0.5:
        return random_chain(rng, directory, int(rng.integers(1, 5)))
    return random_blocks(rng, directory, int(rng.integers(1, 4)))
