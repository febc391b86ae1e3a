"""MobileNetV2: Sandler et al. 2018, arXiv 1801.04381, table 2."""

from __future__ import annotations

from dwpw.make.blueprint import Blueprint
from dwpw.make.options import Order, divisible, image
from dwpw.make.sketch import Sketch

STEM, HEAD = 32, 1280
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""(expansion, channels, blocks, stride of the first block)."""


def draw(order: Order) -> Blueprint:
    """Channels are divisible by 8; a multiplier below 1 leaves the head as it is (section 6.1)."""
    net = Sketch(image(order))
    last = net.conv(0, divisible(STEM * order.alpha), 3, 2, "RELU6")
    for expansion, channels, blocks, stride in STAGES:
        for block in range(blocks):
            out = divisible(channels * order.alpha)
            last = _block(net, last, expansion, out, stride if block == 0 else 1)
    last = net.conv(last, divisible(HEAD * max(order.alpha, 1.0)), activation="RELU6")
    net.classify(net.mean(last, keep_dims=False), order.classes)
    return net.blueprint(f"mobilenet_v2 {order.alpha:g}")


def _block(net: Sketch, source: int, expansion: int, channels: int, stride: int) -> int:
    """Inverted residual with a linear bottleneck (figure 4d)."""
    given = net.shape(source)[3]
    inner = source
    if expansion > 1:
        inner = net.conv(source, given * expansion, activation="RELU6")
    inner = net.depthwise(inner, 3, stride, "RELU6")
    out = net.conv(inner, channels, activation="NONE")
    return net.sum(source, out) if stride == 1 and channels == given else out
