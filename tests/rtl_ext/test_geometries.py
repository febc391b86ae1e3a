"""Whatever sizes the unit is built with, it computes what its instructions mean."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest

from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import Geometry
from tests.support.random_program import random_program
from tests.support.verilated_extension import verilate

LENGTH = 20_000

LARGEST = {
    "store_entries": 1024,
    "param_groups": 64,
    "patch_words": 128,
    "rows": 64,
    "results": 64,
    "queue": 32,
}
"""Beyond these nothing new happens, but filling the state takes long."""

ONE_CHANGED = [
    {"store_entries": 16},
    {"store_entries": 1024},
    {"param_groups": 4},
    {"param_groups": 16},
    {"patch_words": 8},
    {"rows": 8},
    {"rows": 64},
    {"results": 4},
    {"results": 8},
    {"queue": 2},
    {"queue": 4},
]


def random_geometry(seed: int) -> Geometry:
    """Any sizes up to the largest."""
    rng = random.Random(seed)
    return Geometry(
        **{name: 1 << rng.randrange(1, largest.bit_length()) for name, largest in LARGEST.items()}
    )


def check(geometry: Geometry) -> None:
    extension = verilate(geometry)
    for seed, pause_percent in ((1, 0), (2, 40)):
        program, expected = random_program(INSTRUCTION_SET, geometry, seed, LENGTH)
        assert extension.answers(program, pause_percent, seed) == expected


@pytest.mark.parametrize(
    "geometry",
    [
        Geometry(store_entries=64, param_groups=4, patch_words=128, rows=8, results=4, queue=2),
        Geometry(**{field.name: 2 for field in fields(Geometry)}),
    ],
    ids=["small, but patch in block RAM", "least"],
)
def test_other_sizes_answer_as_the_spec_says(geometry):
    check(geometry)


@pytest.mark.full
@pytest.mark.parametrize("changes", ONE_CHANGED, ids=str)
def test_one_size_alone_can_change(changes):
    check(Geometry(**changes))


@pytest.mark.full
@pytest.mark.parametrize("seed", range(8))
def test_random_sizes_answer_as_the_spec_says(seed):
    check(random_geometry(seed))


def test_every_size_is_drawn_from_the_least_to_the_largest():
    drawn = [random_geometry(seed) for seed in range(200)]
    for name, largest in LARGEST.items():
        assert {2, largest} <= {getattr(geometry, name) for geometry in drawn}
    assert set(LARGEST) == {field.name for field in fields(Geometry)}
