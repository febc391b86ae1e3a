"""An object is compiled again only when what its source sees has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dwpw.compiled_for import seen_by
from dwpw.hostengine.compiled import compilation
from dwpw.paths import BUILD_ROOT, FIRMWARE
from dwpw.target.registry import find_target
from dwpw.target.target import Target

SIMD_KERNEL = FIRMWARE / "kernels" / "simd" / "sum.c"
STREAM_KERNEL = FIRMWARE / "kernels" / "stream" / "program.c"
SCALAR_KERNEL = FIRMWARE / "kernels" / "scalar" / "add.c"
RUNTIME = FIRMWARE / "runtime" / "run.c"
ALONE, BESIDE = find_target("simd-16"), find_target("stream-32")
RESIZED = find_target("simd-16,rows=4")


def compiled(source: Path, target: Target) -> Path:
    return compilation(("gcc", "-std=c11"), source, target).object(BUILD_ROOT, source)


@pytest.mark.parametrize("source", [SIMD_KERNEL, SCALAR_KERNEL, FIRMWARE / "host" / "simd.c"])
def test_what_one_unit_has_is_compiled_once_for_all_targets_that_have_it(source: Path) -> None:
    assert compiled(source, ALONE) == compiled(source, BESIDE)


def test_other_sizes_compile_the_units_kernels_again_and_no_others() -> None:
    assert compiled(SIMD_KERNEL, ALONE) != compiled(SIMD_KERNEL, RESIZED)
    assert compiled(SCALAR_KERNEL, ALONE) == compiled(SCALAR_KERNEL, RESIZED)


def test_a_source_sees_the_unit_that_it_belongs_to() -> None:
    names = [[unit.name for unit in seen_by(s, BESIDE).units] for s in (SIMD_KERNEL, STREAM_KERNEL)]
    assert names == [["simd"], ["stream"]]
    assert seen_by(RUNTIME, BESIDE).units == ()
