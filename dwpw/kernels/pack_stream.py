"""Rules of set `stream`: one kernel, which takes as many operators as the unit can do in a row."""

from __future__ import annotations

from functools import partial

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.image.limits import MAX_STEP
from dwpw.kernels.packing import KernelRule, LoweredOperator
from dwpw.stream.step import accepts, pack


def length(geometry: Geometry, *chain: LoweredOperator) -> int:
    """How many of these operators, from the first one on, are a program."""
    taken = 0
    while taken < len(chain) and accepts(geometry, *chain[taken - 1 if taken else 0 : taken + 1]):
        taken += 1
    return taken


def rules(geometry: Geometry) -> tuple[KernelRule, ...]:
    """The rules for a unit of these sizes."""
    return (
        KernelRule(
            name="stream/program",
            accepts=None,
            takes=partial(length, geometry),
            pack=partial(pack, geometry),
            pack_traced=partial(pack, geometry, traced=True),
            window=MAX_STEP,
        ),
    )
