"""Places of tensors: planes of words inside the unit, pixels behind one another in main RAM."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler_intrinsics.stream.geometry import GROUPS
from dwpw.rounding import ceil_div
from dwpw.stream.operators import UnitOperator

WORD_BYTES = GROUPS


@dataclass(frozen=True)
class Planes:
    """Rows of a tensor in the activation memory; all sizes are words.

    A plane has `rows` rows; a row has `lead` words of halo and then `width` words. The halo at the
    right of a row is the one at the left of the row behind it, so the last row of the last plane
    has `lead` more words behind it.

    base: first word.
    first: the row of the tensor that lies first, counted from its first one; below 0 in the halo.
    """

    base: int
    first: int
    rows: int
    width: int
    planes: int
    lead: int

    @property
    def row(self) -> int:
        """From row to row."""
        return self.lead + self.width

    @property
    def plane(self) -> int:
        """From plane to plane."""
        return self.rows * self.row

    @property
    def words(self) -> int:
        """All of it."""
        return self.planes * self.plane + self.lead

    def at(self, plane: int, row: int, column: int = 0) -> int:
        """Of a word; column -1 is in the halo."""
        return self.base + plane * self.plane + (row - self.first) * self.row + self.lead + column

    def moved(self, base: int, first: int | None = None) -> Planes:
        """The same elsewhere, or of other rows."""
        return replace(self, base=base, first=self.first if first is None else first)

    def touched(self, planes: range, rows: range, halo: int = 0) -> np.ndarray:
        """Words of these rows, with `halo` words at both sides."""
        along = np.arange(self.at(0, rows.start, -halo), self.at(0, rows.stop - 1, self.width))
        if halo:
            along = np.append(along, np.arange(along[-1] + 1, along[-1] + 1 + halo))
        elif self.lead:
            columns = np.arange(self.width)
            along = np.concatenate([self.at(0, row) + columns for row in rows])
        return (along + np.array(planes)[:, None] * self.plane).ravel()


def lead_of(reader: UnitOperator) -> int:
    """Words of halo that an operator wants at the side of its rows."""
    columns = max(reader.window.left, reader.window.right)
    return ceil_div(columns * reader.input_shape[2], WORD_BYTES) if reader.packed else columns


def row_words(reader: UnitOperator) -> int:
    """Words of a row of a plane, as an operator reads it."""
    _, width, channels = reader.input_shape
    return width * channels // WORD_BYTES if reader.packed else width


def planes_for(
    reader: UnitOperator, rows: range | None = None, planes: int | None = None
) -> Planes:
    """Room for what an operator reads, at word 0: all of it unless told otherwise."""
    window = reader.window
    if rows is None:
        rows = range(-window.top, reader.input_shape[0] + window.bottom)
    return Planes(
        base=0,
        first=rows.start,
        rows=len(rows),
        width=row_words(reader),
        planes=reader.planes if planes is None else planes,
        lead=lead_of(reader),
    )


def planes_of(writer: UnitOperator, rows: int, planes: int) -> Planes:
    """Room for results that nobody reads with a halo."""
    return Planes(0, 0, rows, writer.output_shape[1], planes, 0)


@dataclass(frozen=True)
class RamTensor:
    """A tensor in main RAM, NHWC.

    operator, tensor: what its address is relative to, as in `Relocation`.
    offset: bytes behind that.
    shape: (h, w, c).
    """

    operator: int
    tensor: str
    offset: int
    shape: tuple[int, int, int]

    @property
    def pixel(self) -> int:
        """Bytes from pixel to pixel."""
        return self.shape[2]

    @property
    def row(self) -> int:
        """Bytes from row to row."""
        return self.shape[1] * self.shape[2]
