"""The networks by name."""

from __future__ import annotations

from dwpw.errors import UserError
from dwpw.make.ds_cnn import draw as draw_ds_cnn
from dwpw.make.googlenet import draw as draw_googlenet
from dwpw.make.mobilenet_v1 import draw as draw_v1
from dwpw.make.mobilenet_v2 import draw as draw_v2
from dwpw.make.mobilenet_v3 import draw_large as draw_v3_large
from dwpw.make.mobilenet_v3 import draw_small as draw_v3_small
from dwpw.make.options import Network
from dwpw.make.resnet8 import draw as draw_resnet8
from dwpw.make.vgg16 import draw as draw_vgg16

_ALL = (
    Network("mobilenet_v1", draw_v1, "arXiv 1704.04861", has_alpha=True),
    Network("mobilenet_v2", draw_v2, "arXiv 1801.04381", has_alpha=True),
    Network(
        "mobilenet_v3_small",
        draw_v3_small,
        "arXiv 1905.02244",
        has_alpha=True,
        has_minimalistic=True,
    ),
    Network(
        "mobilenet_v3_large",
        draw_v3_large,
        "arXiv 1905.02244",
        has_alpha=True,
        has_minimalistic=True,
    ),
    Network("ds_cnn", draw_ds_cnn, "arXiv 2106.07597", classes=12, resolution=None),
    Network("resnet8", draw_resnet8, "arXiv 2106.07597", classes=10, resolution=None),
    Network("googlenet", draw_googlenet, "arXiv 1409.4842", multiple=32),
    Network("vgg16", draw_vgg16, "arXiv 1409.1556", multiple=32),
)

NETWORKS: dict[str, Network] = {network.name: network for network in _ALL}


def find_network(name: str) -> Network:
    """The network of that name; `UserError` when there is none."""
    if name not in NETWORKS:
        raise UserError(f"unknown network '{name}' (known: {', '.join(NETWORKS)})")
    return NETWORKS[name]
