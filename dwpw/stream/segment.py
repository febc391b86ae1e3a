"""Segments: operators that are done together, band by band of rows.

A segment makes its rows of results in bands; what lies between its operators is never there but for
a band, and rows that two bands read there are made twice. What a band reads from main RAM goes
through slots of the activation memory, what it leaves there through others, so that the memory
engine fills one slot while the compute engine reads another. Tensors between segments stay in the
activation memory where both segments can do with what is left of it, else they go through main RAM.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.rounding import ceil_div
from dwpw.stream.operators import UnitOperator
from dwpw.stream.place import Planes, planes_for, planes_of

TILE_ENTRIES = 128
"""Entries that a tile may take in any case: every tile is a command, which has its own cost."""

TILE_SHARE = 16
"""A tile takes no larger share than this of a large weight memory, ..."""

SMALL_SHARE = 4
"""... nor than this of a small one, where others must find room while it is used."""


@dataclass(frozen=True)
class Segment:
    """Operators with the sizes of their pieces.

    first: of its operators, a place in the step.
    operators: each reads what the one before makes.
    source_local, target_local: its ends stay in the activation memory.
    band: rows of results at a time.
    in_planes: planes in a slot of the input; in_slots: how many slots.
    out_groups, out_slots: of the output.
    resident: weights stay in their memory from band to band.
    hasty: the first operator's first tiles of weights are small, since a program waits for them.
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
    hasty: bool = False

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
    def bands(self) -> tuple[range, ...]:
        """Rows of results, band by band."""
        height = self.tail.output_shape[0]
        return tuple(
            range(start, min(start + self.band, height)) for start in range(0, height, self.band)
        )

    def rows_made(self, band: range) -> tuple[range, ...]:
        """Rows that every operator makes for a band of results."""
        made = [band]
        for reader in reversed(self.operators[1:]):
            asked = reader.window.rows_of(made[0])
            made.insert(0, range(max(0, asked.start), min(reader.input_shape[0], asked.stop)))
        return tuple(made)

    def _rows_read(self) -> list[int]:
        """Rows that every operator reads for a band, those of the halo included, at the most."""
        read = [self.band]
        for operator in reversed(self.operators):
            rows = min(read[0], operator.output_shape[0])
            read.insert(0, len(operator.window.rows_of(range(rows))))
        return read[:-1]

    def in_slot(self) -> Planes:
        """Room for what a tile of a band reads, of one tensor."""
        return planes_for(self.head, range(self._rows_read()[0]), self.in_planes)

    def middles(self) -> list[Planes]:
        """Room for a band between two operators, for each but the first."""
        pairs = zip(self.operators[1:], self._rows_read()[1:], strict=True)
        return [planes_for(reader, range(rows)) for reader, rows in pairs]

    def out_slot(self) -> Planes:
        """Room for a tile of results."""
        return planes_of(self.tail, self.band, self.out_groups)

    @property
    def words(self) -> int:
        """Of the activation memory, besides tensors that stay."""
        total = 0
        if self.loaded:
            total += self.in_slots * self.loaded * self.in_slot().words
        total += sum(middle.words for middle in self.middles())
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
        start, size = 0, 1 if self.hasty and place == 0 else most
        while start < operator.groups:
            stop = min(start + size, operator.groups)
            yield range(start, stop)
            # While a tile is used, one of twice its size can come.
            start, size = stop, min(2 * size, most)

    def hastened(self) -> Segment | None:
        """The same in haste, where the first operator reads all planes for each of its groups."""
        if self.head.by_plane or self.head.shared or self.head.groups == 1:
            return None
        return replace(self, hasty=True)


def tile_groups(geometry: Geometry, operator: UnitOperator) -> int:
    """Groups whose weights are a tile."""
    if operator.shared:
        return operator.groups
    memory = geometry.weight_entries
    room = max(memory // TILE_SHARE, min(TILE_ENTRIES, memory // SMALL_SHARE))
    most = max(1, room // operator.entries(geometry, 1))
    return ceil_div(operator.groups, ceil_div(operator.groups, most))


def can_follow(operator: UnitOperator) -> bool:
    """Whether an operator can read what another one of its segment makes.

    It must read every row, since rows that no band reads would not be made.
    """
    window = operator.window
    read = window.rows_of(range(operator.output_shape[0]))
    all_rows = window.stride[0] <= window.span[0] and read.stop >= operator.input_shape[0]
    return all_rows and not operator.packed and operator.inputs == 1


def stay_resident(geometry: Geometry, operators: Sequence[UnitOperator]) -> bool:
    """Whether the weights of a segment, and some of the next one, fit into their memory."""
    total = sum(operator.entries(geometry, operator.groups) for operator in operators)
    return total <= geometry.weight_entries * 3 // 4
