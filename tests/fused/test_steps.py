"""A plan is a sequence of steps: which operators one takes, and what of them lies in the arena."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from dwpw.image.format import Header, Operator
from dwpw.kernels.packing import KernelRule, pack_plain
from dwpw.model import Graph
from dwpw.plan.image import pack
from dwpw.plan.planner import Place, Plan, plan
from tests.fused.models import small_image, small_pair
from tests.fused.target import FUSED
from tests.support.kernel_images import OUTPUT, SOURCE
from tests.support.tflite_layers import Add, Reshape

SET = FUSED.kernel_set("fused")


def kernels(graph: Graph) -> list[str]:
    return [step.kernel for step in plan(graph, FUSED, SET).steps]


def test_a_window_of_two_operators_becomes_one_step(tmp_path: Path) -> None:
    planned = plan(small_pair(tmp_path, [Add(other=-1, output=SOURCE)]), FUSED, SET)
    assert [step.kernel for step in planned.steps] == ["fused/separable", "simd/sum"]
    assert [len(step.operators) for step in planned.steps] == [2, 1]
    assert [one.operator.kind for one in planned.operators] == [
        "DEPTHWISE_CONV_2D", "CONV_2D", "ADD",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("behind", "why"),
    [
        ([Add(other=0, output=SOURCE)], "the depthwise output is read again"),
        ([Add(source=0, other=-1, output=SOURCE)], "read by an addition only"),
    ],
)
def test_a_tensor_that_somebody_else_reads_does_not_stay_inside(
    behind: list[Add], why: str, tmp_path: Path
) -> None:
    assert kernels(small_pair(tmp_path, behind))[:2] == [
        "simd/depthwise_3x3", "simd/conv_pointwise",
    ], why  # fmt: skip


def test_the_simpler_set_of_the_same_unit_does_not_fuse(tmp_path: Path) -> None:
    planned = plan(small_pair(tmp_path), FUSED, FUSED.kernel_set("simd"))
    assert [step.kernel for step in planned.steps] == ["simd/depthwise_3x3", "simd/conv_pointwise"]


def test_a_reshape_is_a_step_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, fused) = FUSED.kernel_sets
    anything = KernelRule("any/two", lambda *_: True, lambda *ops: tuple(map(pack_plain, ops)),
                          window=2)  # fmt: skip
    monkeypatch.setattr(type(FUSED), "rules", lambda *_: (anything, *fused.rules, single))
    single = KernelRule("any/one", lambda _: True, pack_plain)
    graph = small_pair(tmp_path, [Reshape(shape=(1, 288), output=OUTPUT)])
    assert kernels(graph) == ["any/two", "any/one"]


def test_the_arena_holds_only_what_is_stored(tmp_path: Path) -> None:
    planned = plan(small_pair(tmp_path), FUSED, SET)
    depthwise, pointwise = planned.operators
    assert not depthwise.stored
    assert depthwise.output == pointwise.input == Place()
    assert pointwise.output == planned.outputs[0]
    assert {buffer.size for buffer in planned.buffers} == {288}  # input, output, a band of all rows
    assert planned.arena_size == 3 * 288


def everything_at_its_place(planned: Plan) -> bool:
    ranges = sorted((one.offset, one.offset + one.size) for one in (
        *planned.inputs, planned.operators[0].output, planned.operators[0].scratch,
        *planned.outputs,
    ))  # fmt: skip
    return all(end <= start for (_, end), (start, _) in zip(ranges, ranges[1:], strict=False))


def test_a_traced_plan_stores_what_lies_inside_too(tmp_path: Path) -> None:
    planned = plan(small_pair(tmp_path), FUSED, SET, traced=True)
    depthwise, pointwise = planned.operators
    assert [step.kernel for step in planned.steps] == ["fused/separable"]
    assert depthwise.stored
    assert depthwise.output == pointwise.input
    assert depthwise.output.size == 288
    assert everything_at_its_place(planned)


def test_a_record_tells_how_many_operators_its_step_has(tmp_path: Path) -> None:
    image = small_image(tmp_path)
    header = Header.from_buffer_copy(image)
    first, second = (
        Operator.from_buffer_copy(image, header.operators + i * ctypes.sizeof(Operator))
        for i in range(header.operator_count)
    )
    assert (first.step, second.step) == (2, 0)
    assert first.kernel == second.kernel == list(FUSED.kernels).index("fused/separable")
    assert (first.output.size, second.input.size) == (0, 0)


def test_the_work_of_a_step_is_that_of_its_parts_band_by_band(tmp_path: Path) -> None:
    graph = small_pair(tmp_path)
    (fused,) = plan(graph, FUSED, SET).steps
    parts = plan(graph, FUSED, FUSED.kernel_set("simd")).steps
    assert fused.work.cycles == sum((step.work for step in parts[1:]), parts[0].work).cycles


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    graph = small_pair(tmp_path)
    assert pack(plan(graph, FUSED, SET)) == pack(plan(graph, FUSED, SET))


@pytest.mark.parametrize("window", [0, 65])
def test_a_window_that_no_step_may_have_is_refused_where_it_is_written(window: int) -> None:
    with pytest.raises(ValueError, match="kernel any/many: a step has 1 to 64 operators"):
        KernelRule("any/many", lambda *_: True, lambda *_: (), window=window)
