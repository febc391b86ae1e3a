"""Which operators a step of the unit takes, and what it brings to the image."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compiler_intrinsics.stream.geometry import MOST_LEFT, Geometry
from dwpw.errors import UserError
from dwpw.kernels.packing import LoweredOperator
from dwpw.kernels.param_stream import StreamProgramParam as Param
from dwpw.stream.program import make_program
from dwpw.stream.step import accepts, pack, takes
from tests.support.stream_steps import lowered, random_blocks

GEOMETRY = Geometry()


def conv(in_shape: tuple[int, int, int], out_c: int, kernel: int = 1) -> LoweredOperator:
    """A convolution without padding."""
    height, width, in_c = in_shape
    return LoweredOperator(
        index=0,
        kind="CONV_2D",
        input_shape=in_shape,
        output_shape=(height - kernel + 1, width - kernel + 1, out_c),
        kernel=(kernel, kernel),
        weights=np.ones((out_c, kernel, kernel, in_c), np.int8),
        bias=np.zeros(out_c, np.int32),
        multiplier=np.full(out_c, 1 << 30, np.int32),
        shift=np.zeros(out_c, np.int32),
    )


def shifted(left: int) -> LoweredOperator:
    """One of its channels is scaled by 2**left / 2."""
    return replace(conv((4, 4, 8), 8), shift=np.array([left, *[-7] * 7], np.int32))


def other(kind: str, in_c: int = 8, **more: object) -> LoweredOperator:
    return LoweredOperator(
        index=0, kind=kind, input_shape=(4, 4, in_c), output_shape=(4, 4, in_c), **more
    )


@pytest.mark.parametrize(
    "operator",
    [
        conv((4, 4, 8), 8),
        conv((4, 4, 16), 8, kernel=3),
        conv((4, 8, 3), 8, kernel=3),
        conv((4, 8, 1), 8, kernel=3),
        conv((1, 1, 13), 5),
        conv((3, 3, 8), 5, kernel=3),
        shifted(MOST_LEFT),
        other(
            "DEPTHWISE_CONV_2D",
            kernel=(3, 3),
            pad=(1, 1),
            weights=np.ones((3, 3, 8), np.int8),
            shift=np.zeros(8, np.int32),
        ),
    ],
)
def test_whole_words_of_channels_and_rows_are_taken(operator: LoweredOperator) -> None:
    assert accepts(GEOMETRY, operator)


@pytest.mark.parametrize(
    "operator",
    [
        conv((4, 4, 8), 12),
        conv((4, 5, 3), 8, kernel=3),
        conv((4, 4, 12), 5),
        conv((1, 1, 1 << 16), 8),
        conv((1, 5000, 16), 8),
        shifted(MOST_LEFT + 1),
        other("SOFTMAX"),
        other("MAX_POOL_2D", kernel=(2, 2)),
        other("AVERAGE_POOL_2D", kernel=(2, 2)),
        other("AVERAGE_POOL_UP"),
        other("MUL"),
        other("DEPTHWISE_CONV_2D", 4, kernel=(1, 1), weights=np.ones((1, 1, 4), np.int8)),
        other("DEPTHWISE_CONV_2D", depth_multiplier=2, weights=np.ones((1, 1, 16), np.int8)),
    ],
)
def test_what_does_not_come_in_words_or_fit_or_scales_up_is_left_to_others(
    operator: LoweredOperator,
) -> None:
    assert not accepts(GEOMETRY, operator)


def test_a_step_ends_before_what_the_unit_cannot_do() -> None:
    good, bad = conv((4, 4, 8), 8), other("SOFTMAX")
    assert takes(GEOMETRY, good, good, bad, good) == 2
    assert takes(GEOMETRY, bad, good) == 0
    assert takes(GEOMETRY, good) == 1


def test_rows_of_bytes_come_only_from_outside() -> None:
    stem = replace(conv((4, 8, 12), 8), kind="CONV_2D")
    assert takes(GEOMETRY, stem, conv((4, 8, 8), 8)) == 2
    assert takes(GEOMETRY, conv((4, 8, 8), 8), stem) == 1


@pytest.mark.parametrize("traced", [False, True])
def test_the_program_is_the_first_operators_weights(traced: bool, tmp_path: Path) -> None:
    operators = lowered(random_blocks(np.random.default_rng(3), tmp_path, 2))
    first, *others = pack(GEOMETRY, *operators, traced=traced)
    assert len(others) == len(operators) - 1
    assert all(one.weights is None for one in others)
    assert first.weights.dtype == np.uint8
    assert len(first.weights) % 8 == 0
    lists = [first.param[one] for one in (Param.MEMORY_LIST, Param.COMPUTE_LIST)]
    assert all(0 <= place < len(first.weights) and place % 8 == 0 for place in lists)
    outputs = {one.operator for one in first.relocations if one.tensor == "output"}
    assert sum(first.parts) == len(operators)
    assert outputs == set(range(len(operators)) if traced else [len(operators) - 1])


def test_a_program_with_too_many_commands_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dwpw.stream.program.MOST_COMMANDS", 2)
    with pytest.raises(UserError) as caught:
        pack(GEOMETRY, conv((4, 4, 8), 8))
    assert str(caught.value) == (
        "operator 0 (CONV_2D): its step needs 5 moves and 2 computations, a list of the streaming"
        " unit has at most 2: use a unit with a larger activation memory"
    )


def test_a_step_that_would_wait_for_its_weights_begins_with_small_tiles() -> None:
    program = make_program(GEOMETRY, [conv((10, 10, 24), 144), conv((10, 10, 144), 24)])
    first, second = program.computes[:2]
    assert program.segments[0].hasty
    assert (len(first.groups), len(second.groups)) == (1, 2)


def test_a_step_with_few_weights_does_not() -> None:
    assert not make_program(GEOMETRY, [conv((40, 40, 8), 16)]).segments[0].hasty


@pytest.mark.parametrize(
    ("weight_entries", "largest"), [(256, 60), (512, 110), (1024, 110), (2048, 110), (4096, 215)]
)
def test_a_tile_takes_its_share_of_the_weight_memory(weight_entries: int, largest: int) -> None:
    """A quarter of it, 128 entries, a sixteenth; here are 128 groups of 5 in tiles of one size."""
    program = make_program(Geometry(weight_entries=weight_entries), [conv((4, 4, 8), 1024)])
    assert max(len(one.entries) for one in program.computes) == largest
