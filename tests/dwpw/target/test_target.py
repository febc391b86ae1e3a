"""Targets by name, with other sizes and of other packages; what a target says of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import Geometry
from dwpw.cli import cli
from dwpw.errors import UserError
from dwpw.target.kernel_set import KernelSet
from dwpw.target.registry import DEFAULT_TARGET, TARGETS, find_target
from dwpw.target.simd import SIMD
from dwpw.target.target import Target
from dwpw.target.unit import Unit
from soc.config import HardwareUnit, units_from_json, units_to_json


def other_unit(function_ids_from: int) -> Unit:
    """A unit of another name with one instruction of its own, and sizes of the same names."""
    (first, *_) = INSTRUCTION_SET.instructions
    instruction = replace(first, funct3=function_ids_from, funct7=0)
    own = replace(INSTRUCTION_SET, name="other", instructions=(instruction,))
    kernels = KernelSet("other", Path("kernels/other"), ())
    return Unit(
        geometry=Geometry(),
        instruction_set=own,
        instructions_from="mine:INSTRUCTION_SET",
        hardware_from="mine:Hardware",
        kernels=lambda _: (kernels,),
    )


def test_every_target_is_found_by_its_name() -> None:
    assert DEFAULT_TARGET in TARGETS
    for name, target in TARGETS.items():
        assert find_target(name) is target
        assert target.name == name


def test_sizes_change_the_units_and_the_name_tells_them() -> None:
    target = find_target("simd-16,param_groups=4,results=8")
    assert target.name == "simd-16,param_groups=4,results=8"
    assert target.units[0].geometry == Geometry(param_groups=4, results=8)
    assert dict(target.soc_config().units[0].sizes)["param_groups"] == 4
    assert TARGETS["simd-16"].units[0].geometry == Geometry()


@pytest.mark.parametrize(
    ("text", "lanes"),
    [
        ("simd-16", 16),
        ("stream-16", 16),
        ("stream-16-only", 16),
        ("stream-32", 32),
        ("stream-32,stream.taps=8", 64),
        ("stream-32,stream.taps=2", 16),
        ("stream-32,stream.taps=1", 16 + 8),
    ],
)
def test_lanes_that_units_share_count_once(text: str, lanes: int) -> None:
    assert find_target(text).extension["lanes"] == lanes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("magic", f"unknown target 'magic' (known: {', '.join(TARGETS)}, or MODULE:NAME)"),
        ("simd-16,rows=3", "unit simd: rows must be a power of two of at least 2, not 3"),
        ("simd-16,rows=-4", "size 'rows' of simd must be a number, not '-4'"),
        ("simd-16,rows", "size 'rows' of simd must be a number, not ''"),
        ("no.such.module:TARGET", "cannot be imported: No module named 'no'"),
        (":TARGET", "target :TARGET: cannot be imported: Empty module name"),
        ("dwpw.target.simd:NOTHING", "cannot be imported: module 'dwpw.target.simd' has no"),
        ("dwpw.target.simd:SIMD", "target dwpw.target.simd:SIMD: is no dwpw.target.target.Target"),
    ],
)
def test_a_target_that_cannot_be_says_why_in_one_line(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        find_target(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_package_brings_its_own_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_targets.py").write_text(
        "from dwpw.target.simd import SIMD\n"
        "from dwpw.target.target import Target\n"
        'SMALL = Target("small", (SIMD.resized({"rows": 8}),), clock_hz=48_000_000)\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    target = find_target("my_targets:SMALL,results=8")
    assert target.units[0].geometry == Geometry(rows=8, results=8)
    assert target.clock_hz == 48_000_000


def test_kernel_sets_come_simplest_first_and_the_last_is_the_best() -> None:
    target = Target("both", (SIMD, other_unit(7)))
    assert [one.name for one in target.kernel_sets] == ["reference", "scalar", "simd", "other"]
    assert target.best_set == "other"


def test_an_operator_falls_back_to_the_sets_before() -> None:
    target = TARGETS["simd-16"]
    simd, scalar, reference = (target.kernel_set(n) for n in ("simd", "scalar", "reference"))
    names = [rule.name for rule in target.rules(scalar)]
    assert names == [rule.name for one in (scalar, reference) for rule in one.rules]
    assert len(list(target.rules(simd))) == len(names) + len(simd.rules)


def test_a_size_that_two_units_have_is_written_with_its_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TARGETS, "both", Target("both", (SIMD, other_unit(7))))
    with pytest.raises(UserError, match=r"is not clear: write simd\.rows or other\.rows"):
        find_target("both,rows=8")
    target = find_target("both,other.rows=8")
    simd, other = target.units
    assert (simd.geometry.rows, other.geometry.rows) == (SIMD.geometry.rows, 8)
    assert (target.sizes["simd.rows"], target.sizes["other.rows"]) == (SIMD.geometry.rows, 8)


@pytest.mark.parametrize("arguments", [("area",), ("gains", "model.tflite")])
def test_a_target_without_units_is_refused_where_a_unit_is_asked_about(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TARGETS, "plain", Target("plain", ()))
    result = CliRunner().invoke(cli, [*arguments, "--target", "plain"])
    assert result.exit_code == 2
    assert result.output == ("error: target plain has no unit: name one that has with --target\n")


def test_units_whose_instructions_clash_make_no_target() -> None:
    (first, *_) = INSTRUCTION_SET.instructions
    with pytest.raises(ValueError, match=f"simd and other both have .*{first.mnemonic}"):
        Target("both", (SIMD, other_unit(first.funct3)))


def test_hardware_reaches_another_process_as_text() -> None:
    units = (SIMD.resized({"rows": 4}).hardware, SIMD.hardware)
    assert units_from_json(units_to_json(units)) == units
    assert units[0].geometry == Geometry(rows=4)
    assert isinstance(units[0], HardwareUnit)
