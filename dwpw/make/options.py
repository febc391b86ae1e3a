"""What a network can be asked for, and the roundings of channel numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dwpw.errors import UserError
from dwpw.make.blueprint import Blueprint

MAX_ALPHA = 4.0
MAX_CLASSES = 65536
MAX_RESOLUTION = 512
"""Above, calibrating vgg16 takes more memory than a PC has, and no soft core runs such a model."""


@dataclass(frozen=True)
class Order:
    """What is asked for; None takes the network's own.

    alpha: width multiplier; resolution: height and width of the input; classes: scores of the end.
    minimalistic: MobileNetV3 without squeeze-excite and hard-swish, 3x3 only.
    """

    alpha: float | None = None
    resolution: int | None = None
    classes: int | None = None
    minimalistic: bool = False


@dataclass(frozen=True)
class Network:
    """An entry of the catalogue.

    draw: the blueprint of an order in which nothing is None but what the network does not have.
    source: the paper.
    classes, resolution: what is taken when the order does not say; resolution None is fixed.
    multiple: resolutions must be a multiple; least: and not smaller.
    has_alpha, has_minimalistic: whether the network has such an option.
    """

    name: str
    draw: Callable[[Order], Blueprint]
    source: str
    classes: int = 1000
    resolution: int | None = 224
    multiple: int = 1
    least: int = 32
    has_alpha: bool = False
    has_minimalistic: bool = False

    def blueprint(self, order: Order) -> Blueprint:
        """The network as ordered; `UserError` for what it cannot be."""
        self._check(order)
        return self.draw(
            Order(
                alpha=(order.alpha or 1.0) if self.has_alpha else None,
                resolution=order.resolution or self.resolution,
                classes=order.classes or self.classes,
                minimalistic=order.minimalistic,
            )
        )

    def _check(self, order: Order) -> None:
        if order.alpha is not None:
            self._require(self.has_alpha, "has no width multiplier: leave out --alpha")
            self._require(
                0 < order.alpha <= MAX_ALPHA,
                f"--alpha {order.alpha:g} must be above 0 and at most {MAX_ALPHA:g}",
            )
        if order.resolution is not None:
            size = order.resolution
            self._require(
                self.resolution is not None, "has an input of a fixed size: leave out --resolution"
            )
            self._require(
                size % self.multiple == 0,
                f"--resolution {size} must be a multiple of {self.multiple}",
            )
            self._require(
                self.least <= size <= MAX_RESOLUTION,
                f"--resolution {size} must be {self.least} to {MAX_RESOLUTION}",
            )
        if order.classes is not None:
            self._require(
                2 <= order.classes <= MAX_CLASSES,
                f"--classes {order.classes} must be 2 to {MAX_CLASSES}",
            )
        self._require(
            self.has_minimalistic or not order.minimalistic,
            "has no minimalistic variant: leave out --minimalistic",
        )

    def _require(self, condition: bool, message: str) -> None:
        if not condition:
            raise UserError(f"{self.name}: {message}")


def image(order: Order) -> tuple[int, int, int, int]:
    """The input shape of a network on RGB images."""
    return (1, order.resolution, order.resolution, 3)


def divisible(channels: float, by: int = 8) -> int:
    """The nearest multiple, at least one, and never more than 10 % below (`_make_divisible` of the
    authors' MobileNetV2 and V3)."""
    rounded = max(by, int(channels + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * channels else rounded
