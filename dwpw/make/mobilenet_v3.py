"""MobileNetV3 small and large: Howard et al. 2019, arXiv 1905.02244, tables 1 and 2.

The minimalistic variants are those of the authors' code and of Keras: no squeeze-excite, RELU in
the place of hard-swish, 3x3 in the place of 5x5.

Squeeze-excite stands as the TFLite converter leaves it: MEAN, CONV_2D with RELU, CONV_2D with RELU6
(the 3 of relu6(x + 3) is in its bias), MUL by 1/6, MUL of the map by the 1x1 gate.
"""

from __future__ import annotations

from dataclasses import dataclass

from dwpw.make.blueprint import Blueprint
from dwpw.make.options import Order, divisible, image
from dwpw.make.sketch import Sketch

STEM = 16
SQUEEZE = 0.25


@dataclass(frozen=True)
class Block:
    """A row of the paper's tables; `expand` is its "exp size" at width 1, per input channel."""

    window: int
    expand: float
    channels: int
    excite: bool
    swish: bool
    stride: int


LARGE = (
    Block(3, 1, 16, False, False, 1),
    Block(3, 4, 24, False, False, 2),
    Block(3, 3, 24, False, False, 1),
    Block(5, 3, 40, True, False, 2),
    Block(5, 3, 40, True, False, 1),
    Block(5, 3, 40, True, False, 1),
    Block(3, 6, 80, False, True, 2),
    Block(3, 2.5, 80, False, True, 1),
    Block(3, 2.3, 80, False, True, 1),
    Block(3, 2.3, 80, False, True, 1),
    Block(3, 6, 112, True, True, 1),
    Block(3, 6, 112, True, True, 1),
    Block(5, 6, 160, True, True, 2),
    Block(5, 6, 160, True, True, 1),
    Block(5, 6, 160, True, True, 1),
)
SMALL = (
    Block(3, 1, 16, True, False, 2),
    Block(3, 72 / 16, 24, False, False, 2),
    Block(3, 88 / 24, 24, False, False, 1),
    Block(5, 4, 40, True, True, 2),
    Block(5, 6, 40, True, True, 1),
    Block(5, 6, 40, True, True, 1),
    Block(5, 3, 48, True, True, 1),
    Block(5, 3, 48, True, True, 1),
    Block(5, 6, 96, True, True, 2),
    Block(5, 6, 96, True, True, 1),
    Block(5, 6, 96, True, True, 1),
)
LARGE_HEAD, SMALL_HEAD = 1280, 1024


def draw_large(order: Order) -> Blueprint:
    """Table 1."""
    return _draw(order, "mobilenet_v3_large", LARGE, LARGE_HEAD)


def draw_small(order: Order) -> Blueprint:
    """Table 2."""
    return _draw(order, "mobilenet_v3_small", SMALL, SMALL_HEAD)


def _draw(order: Order, name: str, blocks: tuple[Block, ...], head: int) -> Blueprint:
    plain = order.minimalistic
    net = Sketch(image(order))
    last = _conv(net, 0, STEM, not plain, window=3, stride=2)
    for place, block in enumerate(blocks):
        last = _block(net, last, block, divisible(block.channels * order.alpha), place == 0, plain)
    last = _conv(net, last, divisible(net.shape(last)[3] * 6), not plain)
    pooled = net.mean(last, keep_dims=True)
    last = _conv(net, pooled, divisible(head * max(order.alpha, 1.0)), not plain)
    net.classify(net.flatten(last), order.classes)
    return net.blueprint(f"{name} {order.alpha:g}{' minimalistic' if plain else ''}")


def _conv(
    net: Sketch, source: int, channels: int, swish: bool, window: int = 1, stride: int = 1
) -> int:
    if not swish:
        return net.conv(source, channels, window, stride, "RELU")
    return net.hard_swish(net.conv(source, channels, window, stride, "NONE"))


def _block(net: Sketch, source: int, block: Block, channels: int, first: bool, plain: bool) -> int:
    """Inverted residual (figure 4); the first one has no expansion."""
    given = net.shape(source)[3]
    swish = block.swish and not plain
    inner = source if first else _conv(net, source, divisible(given * block.expand), swish)
    window = 3 if plain else block.window
    inner = net.depthwise(inner, window, block.stride, "NONE" if swish else "RELU")
    if swish:
        inner = net.hard_swish(inner)
    if block.excite and not plain:
        inner = _squeeze_excite(net, inner)
    out = net.conv(inner, channels, activation="NONE")
    return net.sum(source, out) if block.stride == 1 and channels == given else out


def _squeeze_excite(net: Sketch, source: int) -> int:
    """Each channel times a gate between 0 and 1 that all channels' means decide."""
    channels = net.shape(source)[3]
    squeezed = net.conv(net.mean(source, keep_dims=True), divisible(channels * SQUEEZE))
    gate = net.conv(squeezed, channels, activation="RELU6", shift=3.0)
    return net.multiply(source, net.scale(gate, 1 / 6))
