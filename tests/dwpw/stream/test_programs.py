"""Random steps, with engines of random speed, against the TFLite reference kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.stream.program import make_program
from dwpw.stream.step import accepts
from tests.support.exactness import first_difference
from tests.support.stream_steps import (
    lowered,
    random_chain,
    random_geometry,
    random_sum,
    run_program,
)

SPEEDS = 3


def differences(graph: Graph, rng: np.random.Generator, traced: bool) -> list[str] | None:
    """What is wrong with the tensors of a graph that is one step; None: the unit cannot do it."""
    geometry, operators = random_geometry(rng), lowered(graph)
    program = make_program(geometry, operators, traced)
    assert (program is not None) == accepts(geometry, *operators)
    if program is None:
        return None
    tensors = random_tensors(graph, int(rng.integers(1 << 30)))
    golden = golden_layers(graph, tensors)
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
@pytest.mark.parametrize(("length", "count"), [(1, 60), (2, 40), (5, 30)])
def test_random_steps_are_exact_whatever_the_engines_speed(
    length: int, count: int, traced: bool, tmp_path: Path
) -> None:
    planned = 0
    for seed in range(count):
        rng = np.random.default_rng([length, traced, seed])
        found = differences(random_chain(rng, tmp_path, length), rng, traced)
        assert not found, (seed, found)
        planned += found is not None
    assert planned > count * 2 // 3


@pytest.mark.parametrize("traced", [False, True])
def test_sums_are_exact(traced: bool, tmp_path: Path) -> None:
    planned = 0
    for seed in range(20):
        rng = np.random.default_rng([99, traced, seed])
        found = differences(random_sum(rng, tmp_path), rng, traced)
        assert not found, (seed, found)
        planned += found is not None
    assert planned > 5
