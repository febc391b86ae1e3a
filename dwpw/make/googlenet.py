"""GoogLeNet: Szegedy et al. 2014, arXiv 1409.4842, table 1.

Left out are the auxiliary classifiers, which inference does not need, and the two local response
normalisations: TFLite has no int8 kernel for them.
"""

from __future__ import annotations

from dwpw.make.blueprint import Blueprint
from dwpw.make.options import Order, image
from dwpw.make.sketch import Sketch

STAGES = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)
"""Channels of each inception module: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.  A
max pooling lies before each stage."""


def draw(order: Order) -> Blueprint:
    """Everything rectified by RELU, paddings SAME."""
    net = Sketch(image(order))
    last = net.conv(0, 64, 7, 2)
    last = net.pool("MAX_POOL_2D", last, 3, 2)
    last = net.conv(last, 64)
    last = net.conv(last, 192, 3)
    for stage in STAGES:
        last = net.pool("MAX_POOL_2D", last, 3, 2)
        for channels in stage:
            last = _inception(net, last, channels)
    net.classify(net.average_and_flatten(last), order.classes)
    return net.blueprint("googlenet")


def _inception(net: Sketch, source: int, channels: tuple[int, ...]) -> int:
    """Four branches side by side (figure 2b).  CONCATENATION wants them quantised alike."""
    direct, reduce3, out3, reduce5, out5, projected = channels
    first = net.conv(source, direct)
    branches = [first]
    for window, (reduced, out) in zip((3, 5), ((reduce3, out3), (reduce5, out5)), strict=True):
        branches.append(net.conv(net.conv(source, reduced), out, window, like=first))
    pooled = net.pool("MAX_POOL_2D", source, 3, 1)
    branches.append(net.conv(pooled, projected, like=first))
    return net.concatenate(branches)
