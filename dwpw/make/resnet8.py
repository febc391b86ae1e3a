"""ResNet-8 for CIFAR-10, of MLPerf Tiny: arXiv 2106.07597, `training/image_classification`.

Residual blocks as in He et al. 2015, arXiv 1512.03385; one block for each width.
"""

from __future__ import annotations

from dwpw.make.blueprint import Blueprint, Quantisation
from dwpw.make.options import Order
from dwpw.make.sketch import Sketch

SIZE = 32
STAGES = ((16, 1), (32, 2), (64, 2))
"""(channels, stride)."""

PIXELS = Quantisation(1.0, -128)
"""0 to 255, as MLPerf Tiny's own model has them."""


def draw(order: Order) -> Blueprint:
    """The size is fixed."""
    net = Sketch((1, SIZE, SIZE, 3), PIXELS)
    last = net.conv(0, STAGES[0][0], 3)
    for channels, stride in STAGES:
        inner = net.conv(last, channels, 3, stride)
        inner = net.conv(inner, channels, 3, activation="NONE")
        if stride > 1:
            last = net.conv(last, channels, 1, stride, "NONE")
        last = net.sum(last, inner, "RELU")
    net.classify(net.average_and_flatten(last), order.classes)
    return net.blueprint("resnet8")
