"""Segments: one operator, or two of which the second reads the first's pixels one by one, by bands.

A segment makes its rows of results in bands. What a band reads from main RAM goes through slots of
the activation memory, what it leaves there through others, so that the memory engine fills one slot
while the compute engine reads another. Tensors between segments stay in the activation memory where
both segments can do with what is left of it, else they go through main RAM.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.rounding import ceil_div
from dwpw.stream.operators import UnitOperator
from dwpw.stream.place import Planes, planes_for, planes_of

TILE_SHARE = 16
"""A tile of weights takes so much of the weight memory at the most, where it can."""


@dataclass(frozen=True)
class Segment:
    """One or two operators with the sizes of their pieces.

    first: of its operators, a place in the step.
    operators: one, or one that works by planes and a 1x1 convolution behind it.
    source_local, target_local: its ends stay in the activation memory.
    band: rows of results at a time.
    in_planes: planes in a slot of the input; in_slots: how many slots.
    out_groups, out_slots: of the output.
    resident: weights stay in their memory from band to band.
    """

    first: int
    operators: tuple[UnitOperator, ...] = field(repr=False)
    source_local: bool
    target_local: bool
    band: int
    in_planes: int
    in_slots: int
    out_groups: int
    out_slots: int
    resident: bool

    @property
    def head(self) -> UnitOperator:
        """Reads the source."""
        return self.operators[0]

    @property
    def tail(self) -> UnitOperator:
        """Makes the target."""
        return self.operators[-1]

    @property
    def loaded(self) -> int:
        """Tensors that come from main RAM."""
        return self.head.inputs - self.source_local

    @property
    def in_rows(self) -> int:
        """Rows that a band reads at the most."""
        return input_rows(self.head, self.band)

    @property
    def bands(self) -> tuple[range, ...]:
        """Rows of results, band by band."""
        height = self.tail.output_shape[0]
        return tuple(
            range(start, min(start + self.band, height)) for start in range(0, height, self.band)
        )

    def in_slot(self) -> Planes:
        """Room for what a tile of a band reads, of one tensor."""
        return planes_for(self.head, range(self.in_rows), self.in_planes)

    def middle(self) -> Planes:
        """Room for a band between two operators."""
        return planes_of(self.head, self.band, self.head.groups)

    def out_slot(self) -> Planes:
        """Room for a tile of results."""
        return planes_of(self.tail, self.band, self.out_groups)

    @property
    def words(self) -> int:
        """Of the activation memory, besides tensors that stay."""
        total = 0
        if self.loaded:
            total += self.in_slots * self.loaded * self.in_slot().words
        if len(self.operators) > 1:
            total += self.middle().words
        if not self.target_local:
            total += self.out_slots * self.out_slot().words
        return total

    def tiles(self, geometry: Geometry, place: int) -> Iterator[range]:
        """Groups of output channels of operator `place` that one command makes."""
        operator = self.operators[place]
        most = tile_groups(geometry, operator)
        if place == 0 and self.loaded and operator.by_plane:
            most = min(most, self.in_planes)
        if place == len(self.operators) - 1 and not self.target_local:
            most = min(most, self.out_groups)
        for start in range(0, operator.groups, most):
            yield range(start, min(start + most, operator.groups))


def input_rows(operator: UnitOperator, rows: int) -> int:
    """Rows of input for rows of results."""
    return len(operator.window.rows_of(range(rows)))


def tile_groups(geometry: Geometry, operator: UnitOperator) -> int:
    """Groups whose weights are a tile."""
    if operator.shared:
        return operator.groups
    most = max(1, geometry.weight_entries // TILE_SHARE // operator.entries(geometry, 1))
    return ceil_div(operator.groups, ceil_div(operator.groups, most))


def can_pair(first: UnitOperator, second: UnitOperator) -> bool:
    """Whether two operators can be a segment."""
    window = second.window
    return (
        first.by_plane
        and second.mnemonic == "dot"
        and not second.packed
        and window.size == (1, 1) == window.stride
        and not (window.top or window.left or window.bottom or window.right)
    )


def stay_resident(geometry: Geometry, operators: Sequence[UnitOperator]) -> bool:
    """Whether the weights of a segment, and some of the next one, fit into their memory."""
    total = sum(operator.entries(geometry, operator.groups) for operator in operators)
    return total <= geometry.weight_entries * 3 // 4
