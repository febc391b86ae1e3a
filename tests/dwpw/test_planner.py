"""What the planner refuses, and how it says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dwpw.errors import UserError
from dwpw.kernels.packing import KernelRule, pack_plain
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.target.kernel_set import KernelSet
from dwpw.target.registry import find_target
from dwpw.target.target import Target
from tests.support.targets import TARGET


def target_with(rules: tuple[KernelRule, ...], monkeypatch: pytest.MonkeyPatch) -> Target:
    """A SoC without a unit whose one kernel set has these rules."""
    only = KernelSet("reference", Path("none"), rules)
    monkeypatch.setattr("dwpw.target.target.BASELINE_SETS", (only,))
    return Target("bare", ())


def test_an_operator_that_no_kernel_takes_is_refused(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = target_with(
        (KernelRule("reference/pad", lambda op: op.kind == "PAD", pack_plain),), monkeypatch
    )
    with pytest.raises(UserError) as caught:
        plan(graph, target, target.kernel_sets[0])
    assert str(caught.value) == (
        f"{graph.path}: operator 1 (CONV_2D): no kernel of 'reference' or a simpler set takes"
        " these parameters"
    )


def test_a_kernel_that_the_unit_is_too_small_for_is_refused_with_what_it_needs(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = KernelRule("reference/any", lambda op: True, pack_plain, lacks="rows of at least 9")
    target = target_with((rule,), monkeypatch)
    with pytest.raises(UserError) as caught:
        plan(graph, target, target.kernel_sets[0])
    assert str(caught.value) == (
        f"{graph.path}: operator 0 (PAD): kernel reference/any needs rows of at least 9"
        " (target bare)"
    )


@pytest.mark.parametrize(
    ("sizes", "operator", "needs"),
    [
        ("rows=2", "operator 2 (DEPTHWISE_CONV_2D)", "rows of at least 4, not 2"),
        ("store_entries=2", "operator 2 (DEPTHWISE_CONV_2D)", "store_entries of at least 4, not 2"),
    ],
)
def test_sizes_that_a_kernel_of_simd_cannot_work_with_are_refused(
    sizes: str, operator: str, needs: str, graph: Graph
) -> None:
    target = find_target(f"{TARGET.name},{sizes}")
    with pytest.raises(UserError) as caught:
        plan(graph, target, target.kernel_set("simd"))
    assert str(caught.value) == (
        f"{graph.path}: {operator}: kernel simd/depthwise_3x3 needs {needs}"
        f" (target {TARGET.name},{sizes})"
    )


def test_a_set_of_another_target_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        Target("bare", ()).kernel_set("simd")
    assert str(caught.value) == "unknown kernel set 'simd' (target bare has: reference, scalar)"


def test_a_memory_that_nobody_built_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        TARGET.with_memory("ddr9")
    assert str(caught.value) == "unknown memory 'ddr9' (known: sdram, ideal)"


def test_two_units_with_the_same_instruction_are_refused() -> None:
    (unit,) = TARGET.units
    twin = replace(unit, instruction_set=replace(unit.instruction_set, name="twin"))
    first = unit.instruction_set.instructions[0]
    with pytest.raises(ValueError, match="target both: ") as caught:
        Target("both", (unit, twin))
    assert str(caught.value) == (
        "target both: simd and twin both have an instruction with function id"
        f" {first.function_id} ({first.mnemonic})"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("none.such:TARGET", "target none.such:TARGET: cannot be imported: No module named 'none'"),
        ("os:sep", "target os:sep: is no dwpw.target.target.Target, but str"),
    ],
)
def test_a_target_of_another_package_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        find_target(text)
    assert str(caught.value) == message
