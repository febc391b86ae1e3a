"""Random steps, with engines of random speed, against the TFLite reference kernels."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph, read_model
from dwpw.prediction.cycles import steps_of
from dwpw.stream import program as program_module
from dwpw.stream.program import make_program
from dwpw.stream.step import takes
from tests.support.exactness import first_difference
from tests.support.stream_steps import (
    lowered,
    random_blocks,
    random_chain,
    random_geometry,
    random_sum,
    run_program,
    small_geometry,
)

SPEEDS = 2
NAMES = ("bands", "bands of several", "weights again", "slots", "local", "halo between")
"""What random blocks must have tried."""


def differences(
    graph: Graph, geometry: Geometry, rng: np.random.Generator, traced: bool
) -> list[str] | None:
    """What is wrong with the tensors of a graph that is one step; None: the unit cannot do it."""
    operators = lowered(graph)
    program = make_program(geometry, operators, traced)
    assert (program is not None) == (takes(geometry, *operators) == len(operators))
    if program is None:
        return None
    tensors = random_tensors(graph, int(rng.integers(1 << 30)))
    try:
        golden = golden_layers(graph, tensors)
    except UserError:  # scales that the reference kernels refuse
        return None
    inputs = {(0, "input"): tensors[0]}
    for place, operator in enumerate(operators):
        if operator.kind == "ADD":
            inputs[(place, "input2")] = tensors[0]
    found = []
    for _ in range(SPEEDS):
        results = run_program(geometry, program, operators, inputs, rng, traced)
        for place, result in results.items():
            wanted = golden[place].tensor.reshape(result.shape)
            difference = first_difference(result, wanted)
            if difference:
                found.append(f"{geometry} {place} {operators[place].kind}: {difference}")
    return found


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize(("length", "count"), [(1, 40), (2, 25), (5, 12)])
def test_random_steps_are_exact_whatever_the_engines_speed(
    length: int, count: int, traced: bool, tmp_path: Path
) -> None:
    planned = 0
    for seed in range(count):
        rng = np.random.default_rng([length, traced, seed])
        graph, geometry = random_chain(rng, tmp_path, length), random_geometry(rng)
        found = differences(graph, geometry, rng, traced)
        assert not found, (seed, found)
        planned += found is not None
    assert planned > count * 2 // 3


@pytest.mark.parametrize("traced", [False, True])
def test_blocks_of_mobilenets_are_exact_in_bands(traced: bool, tmp_path: Path) -> None:
    shapes: Counter[str] = Counter()
    for seed in range(24):
        rng = np.random.default_rng([7, traced, seed])
        graph, geometry = random_blocks(rng, tmp_path, int(rng.integers(1, 3))), small_geometry(rng)
        found = differences(graph, geometry, rng, traced)
        assert not found, (seed, found)
        program = make_program(geometry, lowered(graph), traced)
        for segment in program.segments if program else ():
            several = len(segment.operators) > 1
            shapes["bands"] += len(segment.bands) > 1
            shapes["bands of several"] += several and len(segment.bands) > 1
            shapes["weights again"] += len(segment.bands) > 1 and not segment.resident
            shapes["slots"] += segment.in_slots > 1
            shapes["local"] += segment.target_local
            shapes["halo between"] += several and any(one.lead for one in segment.middles())
    assert min(shapes[name] for name in NAMES) > 2, shapes


def test_programs_that_begin_with_small_tiles_are_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = program_module._choices
    monkeypatch.setattr(program_module, "_choices", lambda segments: choices(segments)[-1:])
    hasty = 0
    for seed in range(40):
        rng = np.random.default_rng([8, seed])
        graph, geometry = random_chain(rng, tmp_path, 1), random_geometry(rng)
        found = differences(graph, geometry, rng, traced=False)
        assert not found, (seed, found)
        if found is not None:
            hasty += make_program(geometry, lowered(graph)).segments[0].hasty
    assert hasty > 5


@pytest.mark.parametrize("traced", [False, True])
def test_sums_are_exact(traced: bool, tmp_path: Path) -> None:
    planned = 0
    for seed in range(20):
        rng = np.random.default_rng([99, traced, seed])
        graph, geometry = random_sum(rng, tmp_path), random_geometry(rng)
        found = differences(graph, geometry, rng, traced)
        assert not found, (seed, found)
        planned += found is not None
    assert planned > 5


@pytest.mark.full
def test_a_whole_network_is_exact(repository: Path) -> None:
    graph = read_model(repository / "models" / "fashion_mobilenet_v1_025_96.tflite")
    geometry, rng = Geometry(), np.random.default_rng(0)
    (step,) = steps_of(geometry, graph)
    tensors = random_tensors(graph, 0)
    golden = golden_layers(graph, tensors)
    for traced in (False, True):
        program = make_program(geometry, step, traced)
        results = run_program(geometry, program, step, {(0, "input"): tensors[0]}, rng, traced)
        for place, result in results.items():
            assert first_difference(result, golden[place].tensor.reshape(result.shape)) is None
