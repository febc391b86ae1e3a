"""The MobileNet paper's formula for separable convolution, measured.

A convolution Dk x Dk from M to N channels on a map of Df x Df takes Dk^2 M N Df^2 multiply-adds;
depthwise and pointwise convolution in its place take (Dk^2 + N) M Df^2.  The paper (arXiv
1704.04861, section 3.1) gives the quotient 1/N + 1/Dk^2.  Here it stands beside the quotient of
cycles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dwpw.comparison import ComparedLayer
from dwpw.errors import UserError
from dwpw.make.blueprint import Blueprint
from dwpw.make.sketch import Sketch

OPERATORS_PER_POINT = 3
"""Convolution, depthwise, pointwise: in this order for every point of the grid."""

MOST_CHANNELS, MOST_WINDOW = 1024, 15


@dataclass(frozen=True)
class Point:
    """N output channels, windows of Dk x Dk."""

    outputs: int
    window: int

    @property
    def predicted(self) -> float:
        """Costs of separable convolution over those of standard convolution."""
        return 1 / self.outputs + 1 / self.window**2


@dataclass(frozen=True)
class Grid:
    """What is measured: every pair of N and Dk on one input of size x size x inputs."""

    size: int
    inputs: int
    outputs: tuple[int, ...]
    windows: tuple[int, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        """By window, then by output channels."""
        return tuple(Point(n, dk) for dk in self.windows for n in self.outputs)


@dataclass(frozen=True)
class MeasuredPoint:
    """Cycles of both, None where a tensor differs; kernels that ran, the convolution's first."""

    point: Point
    standard: int | None
    separable: int | None
    kernels: tuple[str, ...]

    @property
    def measured(self) -> float | None:
        """Cycles of separable convolution over those of standard convolution."""
        if self.standard is None or self.separable is None:
            return None
        return self.separable / self.standard


@dataclass(frozen=True)
class MeasuredSet:
    """A kernel set on the whole grid."""

    kernel_set: str
    points: tuple[MeasuredPoint, ...]


def parse_sizes(text: str, option: str, least: int, most: int) -> tuple[int, ...]:
    """Different numbers of a list such as "8,16,32", in their order."""
    words = text.split(",")
    if not all(word.strip().isdecimal() for word in words):
        raise UserError(f"{option} {text}: is not a list of numbers such as 8,16")
    sizes = tuple(dict.fromkeys(int(word) for word in words))
    wrong = [size for size in sizes if not least <= size <= most]
    if wrong:
        raise UserError(f"{option} {text}: {wrong[0]} must be {least} to {most}")
    return sizes


def draw_grid(grid: Grid) -> Blueprint:
    """All convolutions of the grid in one model, each on the model's input.

    One build and one run serve the whole grid; layer by layer, each starts with an empty D$.
    """
    net = Sketch((1, grid.size, grid.size, grid.inputs))
    for point in grid.points:
        net.conv(0, point.outputs, point.window)
        net.conv(net.depthwise(0, point.window, 1, "RELU"), point.outputs)
    return net.blueprint("standard and separable convolutions")


def measured_set(kernel_set: str, grid: Grid, layers: Sequence[ComparedLayer]) -> MeasuredSet:
    """The layers of a run of `draw_grid`'s model, point by point."""
    points = []
    for place, point in enumerate(grid.points):
        first = place * OPERATORS_PER_POINT
        standard = [layer for layer in layers if layer.index == first]
        separable = [layer for layer in layers if first < layer.index < first + OPERATORS_PER_POINT]
        kernels = tuple(kernel for one in (*standard, *separable) for kernel in one.kernels)
        points.append(MeasuredPoint(point, _cycles(standard), _cycles(separable), kernels))
    return MeasuredSet(kernel_set, tuple(points))


def _cycles(layers: Sequence[ComparedLayer]) -> int | None:
    """None where a tensor differs: the count of a wrong computation is no result."""
    return sum(one.cycles for one in layers) if all(one.exact for one in layers) else None
