"""The networks by name."""

from __future__ import annotations

from dwpw.errors import UserError
from dwpw.make import (
    ds_cnn,
    googlenet,
    mobilenet_v1,
    mobilenet_v2,
    mobilenet_v3,
    resnet8,
    vgg16,
)
from dwpw.make.options import Network

_ALL = (
    Network("mobilenet_v1", mobilenet_v1.draw, "arXiv 1704.04861", has_alpha=True),
    Network("mobilenet_v2", mobilenet_v2.draw, "arXiv 1801.04381", has_alpha=True),
    Network(
        "mobilenet_v3_small",
        mobilenet_v3.draw_small,
        "arXiv 1905.02244",
        has_alpha=True,
        has_minimalistic=True,
    ),
    Network(
        "mobilenet_v3_large",
        mobilenet_v3.draw_large,
        "arXiv 1905.02244",
        has_alpha=True,
        has_minimalistic=True,
    ),
    Network("ds_cnn", ds_cnn.draw, "arXiv 2106.07597", classes=12, resolution=None),
    Network("resnet8", resnet8.draw, "arXiv 2106.07597", classes=10, resolution=None),
    Network("googlenet", googlenet.draw, "arXiv 1409.4842", multiple=32),
    Network("vgg16", vgg16.draw, "arXiv 1409.1556", multiple=32),
)

NETWORKS: dict[str, Network] = {network.name: network for network in _ALL}


def find_network(name: str) -> Network:
    """The network of that name; `UserError` when there is none."""
    if name not in NETWORKS:
        raise UserError(f"unknown network '{name}' (known: {', '.join(NETWORKS)})")
    return NETWORKS[name]
