"""Small orders of every network, quick to make and to run."""

from __future__ import annotations

from dwpw.make.options import Order

SMALL = {
    "mobilenet_v1": Order(alpha=0.25, resolution=64, classes=10),
    "mobilenet_v2": Order(alpha=0.35, resolution=64, classes=10),
    "mobilenet_v3_small": Order(alpha=0.35, resolution=64, classes=10),
    "mobilenet_v3_large": Order(alpha=0.35, resolution=64, classes=10),
    "mobilenet_v3_small minimalistic": Order(
        alpha=0.35, resolution=64, classes=10, minimalistic=True
    ),
    "mobilenet_v3_large minimalistic": Order(
        alpha=0.35, resolution=64, classes=10, minimalistic=True
    ),
    "ds_cnn": Order(),
    "resnet8": Order(),
    "googlenet": Order(resolution=64, classes=10),
    "vgg16": Order(resolution=32, classes=10),
}
"""By name and variant."""
