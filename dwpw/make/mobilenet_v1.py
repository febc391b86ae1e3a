"""MobileNetV1: Howard et al. 2017, arXiv 1704.04861, table 1."""

from __future__ import annotations

from dwpw.make.blueprint import Blueprint
from dwpw.make.options import Order, image
from dwpw.make.sketch import Sketch

STEM = 32
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
"""(channels, stride) of each depthwise separable block.  The last stride of the paper's table is 2,
on a map that stays 7x7: a misprint, the authors' code has 1."""


def draw(order: Order) -> Blueprint:
    """Channels are int(channels * alpha), as Keras rounds; RELU6 as in the authors' code."""

    def width(channels: int) -> int:
        return max(1, int(channels * order.alpha))

    net = Sketch(image(order))
    last = net.conv(0, width(STEM), 3, 2, "RELU6")
    for channels, stride in BLOCKS:
        last = net.depthwise(last, 3, stride, "RELU6")
        last = net.conv(last, width(channels), activation="RELU6")
    net.classify(net.mean(last, keep_dims=False), order.classes)
    return net.blueprint(f"mobilenet_v1 {order.alpha:g}")
