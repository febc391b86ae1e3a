"""Single modules, made and synthesised alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from soc.fpga.parts import cells_of, make, ports_of


def test_a_module_is_made_with_its_usual_geometry_or_without_one() -> None:
    assert len(make("rtl_ext.stream.mac_array:MacArray").columns) == 4
    assert len(make("rtl_ext.simd.history:History").row) == 6
    assert make("rtl_ext.simd.scaler:Scaler").port.sink is not None


def test_a_module_of_something_else_is_refused() -> None:
    with pytest.raises(SystemExit) as caught:
        make("rtl_ext.stream.gate:Gate")
    assert str(caught.value) == (
        "rtl_ext.stream.gate:Gate: takes count: only modules of a geometry are made"
    )


def test_ports_are_public_signals_records_and_lists_of_them() -> None:
    module = make("rtl_ext.simd.lanes:Lanes")
    assert {id(signal) for signal in ports_of(module)} == {
        id(signal) for signal in module.port.flatten()
    }


def test_lanes_take_a_multiplier_each(build_root: Path) -> None:
    assert cells_of("rtl_ext.simd.lanes:Lanes", build_root)["dsp"] == 16


@pytest.mark.parametrize(("way", "bram"), [("in_blocks", 2), ("in_luts", 0)])
def test_a_history_lies_where_it_is_told_to(way: str, bram: int, build_root: Path) -> None:
    assert cells_of(f"tests.soc.fpga.histories:{way}", build_root)["bram"] == bram
