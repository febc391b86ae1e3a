"""What LiteX makes of the engine."""

from __future__ import annotations

import pytest

from compiler_intrinsics.stream.geometry import TAPS, Geometry
from rtl_ext.verilog import module_verilog
from tests.soc.test_verilog import ASSIGNED_ALONE, NEGATIVE
from tests.support.verilated_engine import NAME, Bench


@pytest.mark.parametrize("taps", TAPS)
def test_no_negative_constant_stands_in_an_expression(taps):
    bench = Bench(Geometry(taps=taps))
    lines = module_verilog(bench, bench.ports, NAME).splitlines()
    negative = [line.strip() for line in lines if NEGATIVE.search(line)]
    assert [line for line in negative if not ASSIGNED_ALONE.search(line)] == []
