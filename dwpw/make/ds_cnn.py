"""DS-CNN for keyword spotting: Zhang et al. 2017, arXiv 1711.07128, in MLPerf Tiny's size.

MLPerf Tiny (arXiv 2106.07597, `training/keyword_spotting`): 49 frames of 10 MFCC, a stem
of 10x4, four depthwise separable blocks of 64 channels.
"""

from __future__ import annotations

from dwpw.make.blueprint import Blueprint, Quantisation
from dwpw.make.options import Order
from dwpw.make.sketch import Sketch

FRAMES, COEFFICIENTS = 49, 10
CHANNELS, BLOCKS = 64, 4
MFCC = Quantisation(0.58, 83)
"""About what MLPerf Tiny's own model has."""


def draw(order: Order) -> Blueprint:
    """The size is fixed."""
    net = Sketch((1, FRAMES, COEFFICIENTS, 1), MFCC)
    last = net.conv(0, CHANNELS, (10, 4), 2)
    for _ in range(BLOCKS):
        last = net.depthwise(last, 3, 1, "RELU")
        last = net.conv(last, CHANNELS)
    net.classify(net.average_and_flatten(last), order.classes)
    return net.blueprint("ds_cnn")
