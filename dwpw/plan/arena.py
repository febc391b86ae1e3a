"""Where tensors lie: offsets in the arena such that no two living tensors overlap.

Placing buffers in the least space is NP-hard.  The allocator is greedy: it takes them in some order
and puts each into the smallest gap that fits between the buffers already placed which live at the
same time, or behind them.  It does so largest first and earliest first, and keeps the better
result; neither order is always the better one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from dwpw.rounding import round_up

TENSOR_ALIGNMENT = 32
"""Bytes; a D$ line, so that word loads are aligned and no two tensors share a line."""


@dataclass(frozen=True)
class Buffer:
    """Bytes that live from step `first` to step `last`, both included."""

    key: Hashable
    size: int
    first: int
    last: int

    def lives_with(self, other: Buffer) -> bool:
        """Whether both are alive at some step."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Arena:
    """size: bytes; offsets: bytes from the arena's start, by the buffers' keys."""

    size: int
    offsets: Mapping[Hashable, int]


def aligned(size: int, alignment: int = TENSOR_ALIGNMENT) -> int:
    """The next multiple of `alignment`."""
    return round_up(size, alignment)


def allocate(buffers: Sequence[Buffer]) -> Arena:
    """Place every buffer."""
    largest_first = sorted(buffers, key=lambda b: (-b.size, b.first))
    earliest_first = sorted(buffers, key=lambda b: (b.first, -b.size))
    return min(_place(largest_first), _place(earliest_first), key=lambda arena: arena.size)


def _place(ordered: Sequence[Buffer]) -> Arena:
    """Place buffers one after the other."""
    offsets: dict[Hashable, int] = {}
    placed: list[Buffer] = []
    for buffer in ordered:
        neighbours = sorted(
            (offsets[other.key], offsets[other.key] + aligned(other.size))
            for other in placed
            if other.lives_with(buffer)
        )
        offsets[buffer.key] = _best_gap(neighbours, aligned(buffer.size))
        placed.append(buffer)
    size = max((offsets[buffer.key] + aligned(buffer.size) for buffer in placed), default=0)
    return Arena(size, offsets)


def _best_gap(taken: Sequence[tuple[int, int]], size: int) -> int:
    """The start of the smallest free gap of at least `size` bytes; `taken` is sorted."""
    best: tuple[int, int] | None = None  # (gap, start)
    start = 0
    for begin, end in taken:
        gap = begin - start
        if gap >= size and (best is None or gap < best[0]):
            best = (gap, start)
        start = max(start, end)
    return start if best is None else best[1]


def peak(buffers: Sequence[Buffer], steps: int) -> tuple[int, int]:
    """(step, bytes) at which the most bytes live: what no placement can undercut."""
    needs = [
        sum(aligned(b.size) for b in buffers if b.first <= step <= b.last) for step in range(steps)
    ]
    worst = max(range(steps), key=needs.__getitem__)
    return worst, needs[worst]
