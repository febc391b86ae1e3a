"""VGG-16: Simonyan and Zisserman 2014, arXiv 1409.1556, table 1, configuration D."""

from __future__ import annotations

from dwpw.make.blueprint import Blueprint
from dwpw.make.options import Order, image
from dwpw.make.sketch import Sketch

STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""(channels, convolutions 3x3); a max pooling 2x2 behind each stage."""

HIDDEN = 4096


def draw(order: Order) -> Blueprint:
    """Resolutions are multiples of 32: five poolings halve them."""
    net = Sketch(image(order))
    last = 0
    for channels, convolutions in STAGES:
        for _ in range(convolutions):
            last = net.conv(last, channels, 3)
        last = net.pool("MAX_POOL_2D", last, 2, 2, valid=True)
    last = net.flatten(last)
    for _ in range(2):
        last = net.dense(last, HIDDEN, "RELU")
    net.classify(last, order.classes)
    return net.blueprint("vgg16")
