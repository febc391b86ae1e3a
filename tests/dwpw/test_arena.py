"""The arena: no two living tensors overlap, and nothing is wasted where it need not be."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwpw.model import Graph
from dwpw.plan.arena import TENSOR_ALIGNMENT, Buffer, allocate, peak
from dwpw.plan.planner import plan, reshape_owners
from tests.support.targets import REFERENCE, TARGET


@st.composite
def buffers(draw: st.DrawFn) -> list[Buffer]:
    spans = draw(st.lists(st.tuples(st.integers(1, 5000), st.integers(-1, 20), st.integers(0, 20))))
    return [
        Buffer(key, size, first, max(first, first + length))
        for key, (size, first, length) in enumerate(spans)
    ]


@given(buffers())
def test_no_two_living_buffers_overlap(wanted: list[Buffer]) -> None:
    arena = allocate(wanted)
    for one, two in combinations(wanted, 2):
        if one.lives_with(two):
            start1, start2 = arena.offsets[one.key], arena.offsets[two.key]
            assert start1 + one.size <= start2 or start2 + two.size <= start1


@given(buffers())
def test_every_buffer_is_aligned_and_inside(wanted: list[Buffer]) -> None:
    arena = allocate(wanted)
    for buffer in wanted:
        offset = arena.offsets[buffer.key]
        assert offset % TENSOR_ALIGNMENT == 0
        assert 0 <= offset <= arena.size - buffer.size


@pytest.mark.parametrize("sizes", [[64, 64, 64, 96], [96, 64, 96, 64], [64, 160, 96, 160]])
def test_a_chain_needs_no_more_than_its_largest_step(sizes: list[int]) -> None:
    chain = [Buffer(i, size, i - 1, i) for i, size in enumerate(sizes)]
    assert allocate(chain).size == peak(chain, len(sizes))[1]


def test_a_gap_is_taken_by_what_fits_it_best() -> None:
    arena = allocate([
        Buffer("wide", 320, 0, 1),
        Buffer("low", 160, 2, 9),
        Buffer("first", 128, 0, 9),
        Buffer("late", 96, 2, 3),
    ])  # fmt: skip
    assert arena.offsets["wide"] == 0
    assert arena.offsets["low"] == 0
    assert arena.offsets["first"] == 320
    assert arena.offsets["late"] == 160  # between "low" and "first", not behind


def test_peak_names_the_step_at_which_most_bytes_live() -> None:
    assert peak([Buffer(0, 32, 0, 0), Buffer(1, 64, 1, 2), Buffer(2, 64, 2, 3)], 4) == (2, 128)


def test_input_lives_from_the_start_and_output_to_the_end(graph: Graph) -> None:
    planned = plan(graph, TARGET, REFERENCE)
    owners = reshape_owners(graph)
    spans = {buffer.key: (buffer.first, buffer.last) for buffer in planned.buffers}
    assert spans[owners[graph.inputs[0]]][0] == -1
    assert spans[owners[graph.outputs[0]]][1] == len(planned.steps)


def test_a_branch_keeps_its_tensor_until_the_addition(graph: Graph) -> None:
    planned = plan(graph, TARGET, REFERENCE)
    conv, depthwise, add = planned.operators[1:4]
    assert add.input == conv.output
    assert add.input2 == depthwise.output
    assert conv.output.offset != depthwise.output.offset


def test_reshape_moves_nothing(graph: Graph) -> None:
    reshape = plan(graph, TARGET, REFERENCE).operators[7]
    assert reshape.operator.kind == "RESHAPE"
    assert reshape.input == reshape.output
