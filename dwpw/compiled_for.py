"""What C sources see of a target: a unit's kernels see their unit, and nothing of the others.

An object is compiled again only when what its source sees has changed, so one unit's kernels are
compiled once for all targets that have the unit with the same sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from dwpw.image import c_header
from dwpw.paths import BUILD_ROOT
from dwpw.target.baseline import BASELINE_SETS
from dwpw.target.target import Target
from dwpw.target.unit import Unit
from soc.cache import cached

Intrinsics = Callable[[Iterable[Unit]], str]
"""Text of `dwpw_intrinsics.h` for some units."""


@dataclass(frozen=True)
class Seen:
    """Units whose instructions a source may use, and what its kernels find in `Operator.param`."""

    units: tuple[Unit, ...]
    params: tuple[type[IntEnum], ...]

    def headers(self, intrinsics: Intrinsics) -> Path:
        """Folder with `dwpw_image.h` and `dwpw_intrinsics.h`."""
        return written({
            "dwpw_image.h": c_header.image_header(self.params),
            "dwpw_intrinsics.h": intrinsics(self.units),
        })  # fmt: skip


def seen_by(source: Path, target: Target) -> Seen:
    """A kernel's source sees its set and those that this falls back to, of its unit and the
    baseline; one with meanings of instructions their unit; any other the baseline."""
    common = tuple(enum for one in BASELINE_SETS for enum in one.params)
    for unit in target.units:
        params = common
        for one in unit.kernel_sets:
            params += one.params
            if one.sources in source.parents:
                return Seen((unit,), params)
        if unit.c_meaning is not None and unit.c_meaning in (source, *source.parents):
            return Seen((unit,), params)
    return Seen((), common)


def written(texts: dict[str, str]) -> Path:
    """Folder with files of these names and texts."""

    def write(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).write_text(text)

    return cached(BUILD_ROOT, "generated", texts, write)
