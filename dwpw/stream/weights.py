"""Tiles of weights: where each lies in the weight memory, and from when on it may be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compiler_intrinsics.stream.commands import Space
from compiler_intrinsics.stream.geometry import Geometry
from dwpw.stream.jobs import Compute, Job, Move
from dwpw.stream.operators import UnitOperator
from dwpw.stream.place import WORD_BYTES


@dataclass
class Tile:
    """Constants of some groups of an operator.

    operator, groups: whose.
    entries: how many.
    first, last: the first and the last compute command that uses it.
    start: its first entry.
    free: the compute command before which the entries are not free yet; 0: free from the start.
    """

    operator: int
    groups: range
    entries: int
    first: int
    last: int
    start: int = 0
    free: int = 0

    @property
    def places(self) -> range:
        """Its entries."""
        return range(self.start, self.start + self.entries)


def tiles_of(
    geometry: Geometry, operators: Sequence[UnitOperator], computes: Sequence[Compute]
) -> dict[tuple[int, ...], Tile]:
    """The tiles in the order of their first use."""
    found: dict[tuple[int, ...], Tile] = {}
    for number, job in enumerate(computes):
        if job.tile in found:
            found[job.tile].last = number
            continue
        operator = operators[job.operator]
        entries = operator.entries(geometry, len(job.groups))
        groups = range(1) if operator.shared else job.groups
        found[job.tile] = Tile(job.operator, groups, entries, number, number)
    return found


def place_tiles(geometry: Geometry, tiles: Sequence[Tile]) -> None:
    """Give every tile entries, round and round, past those that are still in use."""
    last_use = np.full(geometry.weight_entries, -1)
    at = 0
    for tile in tiles:
        tile.start = _next_place(last_use, tile, at)
        at = tile.start + tile.entries
        used = last_use[tile.start : at]
        tile.free = int(used.max()) + 1
        used[:] = tile.last


def _next_place(last_use: np.ndarray, tile: Tile, at: int) -> int:
    """The next place from `at` on that nobody uses when the tile is used first."""
    taken = np.flatnonzero(last_use >= tile.first)
    ends = np.append(np.setdiff1d(taken + 1, taken), (0, at))
    ends = np.unique(ends[ends + tile.entries <= len(last_use)])
    for start in (*ends[ends >= at], *ends[ends < at]):
        if (last_use[start : start + tile.entries] < tile.first).all():
            return int(start)
    raise AssertionError("a segment's weights were chosen to fit")


def with_weights(
    geometry: Geometry, operators: Sequence[UnitOperator], jobs: Sequence[Job]
) -> tuple[list[Job], list[Tile]]:
    """All commands with the loads of weights among them, each as early as its entries are free."""
    computes = [job for job in jobs if isinstance(job, Compute)]
    tiles = tiles_of(geometry, operators, computes)
    place_tiles(geometry, list(tiles.values()))
    loads: dict[int, list[Job]] = {}
    for number, tile in enumerate(tiles.values()):
        loads.setdefault(tile.free, []).append(_load(geometry, tile, number))
    merged: list[Job] = list(loads.pop(0, []))
    seen = 0
    for job in jobs:
        if isinstance(job, Compute):
            merged += loads.pop(seen, [])
            job.entries = tiles[job.tile].places
            job.fields["weights"] = tiles[job.tile].start
            seen += 1
        merged.append(job)
    return merged, list(tiles.values())


def _load(geometry: Geometry, tile: Tile, number: int) -> Move:
    words = geometry.entry_bytes // WORD_BYTES
    fields = {
        "space": Space.WEIGHTS,
        "address": 0,
        "local": tile.start * words,
        "count0": tile.entries * words,
        "count1": 1,
        "count2": 1,
        "step1": 0,
        "step2": 0,
        "local0": 1,
        "local1": 0,
        "local2": 0,
    }
    return Move("load", fields, tile.operator, entries=tile.places, tile=number)
