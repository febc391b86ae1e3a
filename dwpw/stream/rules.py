"""Rules of set `stream`: one kernel, which takes as many operators as the unit can do in a row."""

from __future__ import annotations

from functools import partial

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.image.limits import MAX_STEP
from dwpw.kernels.packing import KernelRule
from dwpw.stream.replay import work
from dwpw.stream.step import pack, takes


def rules(geometry: Geometry) -> tuple[KernelRule, ...]:
    """The rules for a unit of these sizes."""
    return (
        KernelRule(
            name="stream/program",
            accepts=None,
            takes=partial(takes, geometry),
            pack=partial(pack, geometry),
            pack_traced=partial(pack, geometry, traced=True),
            work=partial(work, geometry),
            window=MAX_STEP,
        ),
    )
