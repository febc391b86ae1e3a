"""What LiteX makes of our Migen modules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from soc.config import SocConfig
from soc.sim.simulator import elaborated
from tests.support.stream_soc import TARGET as STREAM_TARGET
from tests.support.targets import TARGET

NEGATIVE = re.compile(r"-\d+'d\d+")
ASSIGNED_ALONE = re.compile(r"(=|<=) -\d+'d\d+;$")


@pytest.mark.parametrize(
    "config", [TARGET.soc_config(), STREAM_TARGET.soc_config(counters=True)], ids=["simd", "stream"]
)
def test_no_negative_constant_stands_in_an_expression(config: SocConfig, build_root: Path) -> None:
    # LiteX writes -31 as -6'd31, which is unsigned and makes all that it is compared with unsigned.
    verilog = elaborated(config, build_root) / "verilog" / "sim.v"
    lines = [line.strip() for line in verilog.read_text().splitlines() if NEGATIVE.search(line)]
    assert [line for line in lines if not ASSIGNED_ALONE.search(line)] == []
