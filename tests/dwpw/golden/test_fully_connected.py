"""The dense layer's arithmetic against exact integers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dwpw.fixed_point import scale
from dwpw.golden import golden_layers
from tests.support.exactness import read_bytes
from tests.support.random_models import random_case

int32 = st.integers(-(2**31), 2**31 - 1)
multipliers = st.integers(2**30, 2**31 - 1)


def scaled(value: int, multiplier: int, shift: int) -> int:
    return int(scale(np.array([value]), np.array([multiplier]), np.array([shift]))[0])


def test_the_accumulator_is_rounded_twice() -> None:
    exact = 2666 * 1236947456 / 2**41
    assert round(exact) == 1
    assert scaled(2666, 1236947456, -10) == 2


@given(int32, multipliers, st.integers(-31, 0))
def test_the_first_rounding_is_halves_up_and_the_second_halves_away_from_zero(
    value: int, multiplier: int, shift: int
) -> None:
    first = Fraction(value * multiplier, 2**31)
    high = (first + Fraction(1, 2)).__floor__()
    second = Fraction(high, 2**-shift)
    away = (abs(second) + Fraction(1, 2)).__floor__()
    assert scaled(value, multiplier, shift) == (away if second >= 0 else -away)


@given(int32, multipliers, st.integers(1, 31))
def test_what_a_left_shift_pushes_out_of_32_bits_is_lost(
    value: int, multiplier: int, shift: int
) -> None:
    kept = (value << shift) % 2**32
    kept -= 2**32 if kept >= 2**31 else 0
    assert scaled(value, multiplier, shift) == scaled(kept, multiplier, 0)


def test_seed_285_where_litert_rounds_once(tmp_path: Path) -> None:
    content, tensors = random_case("fully_connected", 285)
    graph = read_bytes(content, tmp_path)
    (ours,) = golden_layers(graph, tensors)

    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    litert = Interpreter(
        model_content=content, experimental_op_resolver_type=OpResolverType.BUILTIN_REF
    )
    litert.allocate_tensors()
    litert.set_tensor(graph.inputs[0], tensors[0])
    litert.invoke()
    theirs = litert.get_tensor(graph.outputs[0])
    difference = ours.tensor.astype(int) - theirs
    assert np.count_nonzero(difference) == 1
    assert np.abs(difference).max() == 1
