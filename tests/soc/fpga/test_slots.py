"""Places of a Gowin chip: who shares one, and what is said of a netlist that has no placement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from soc.errors import ToolError
from soc.fpga.slots import PLACES, Slots, read_slots, require_places, slots_of

Cell = dict[str, Any]

CLOCK, INPUT = 2, 3


def cell(kind: str, **ports: int) -> Cell:
    """A cell of Yosys' JSON with a net at each port."""
    return {"type": kind, "connections": {port: [net] for port, net in ports.items()}}


def module(*cells: Cell) -> Cell:
    """A top module of these."""
    return {"attributes": {"top": "1"}, "cells": {f"c{n}": one for n, one in enumerate(cells)}}


@pytest.mark.parametrize(
    ("source", "alone"),
    [
        (cell("LUT4", I0=INPUT, F=4), 0),
        (cell("ALU", I0=INPUT, SUM=4), 0),
        (cell("ALU", I0=INPUT, COUT=4), 1),
        (cell("MUX2_LUT5", S0=INPUT, O=4), 1),
        (cell("MULT18X18", A=INPUT, DOUT=4), 1),
    ],
)
def test_a_register_shares_the_place_of_the_lut_or_carry_that_drives_it(
    source: Cell, alone: int
) -> None:
    assert slots_of(module(source, cell("DFFE", D=4, Q=5, CLK=CLOCK))).alone == alone


def test_of_two_registers_behind_one_lut_or_one_another_one_shares() -> None:
    lut, first = cell("LUT2", I0=INPUT, F=4), cell("DFF", D=4, Q=5, CLK=CLOCK)
    for second in (cell("DFFR", D=4, Q=6, CLK=CLOCK), cell("DFF", D=5, Q=6, CLK=CLOCK)):
        assert slots_of(module(lut, first, second)) == Slots(1, 0, 0, 1)


def test_a_memory_takes_a_block(tmp_path: Path) -> None:
    path = tmp_path / "netlist.json"
    path.write_text(json.dumps({"modules": {"top": module(cell("RAM16SDP4"))}}))
    assert read_slots(path).total == 8


def test_a_netlist_without_a_placement_says_what_takes_the_places() -> None:
    ((family, places),) = PLACES.items()
    full = Slots(luts=places - 30, carries=10, memories=8, alone=12)
    assert full.missing(family) is None
    more = Slots(full.luts, full.carries, full.memories, full.alone + 1)
    assert f"needs {places + 1} places" in str(more.missing(family))
    assert "13 registers that are behind none of them" in str(more.missing(family))
    assert more.missing("GW1N-1") is None


def test_a_netlist_without_a_placement_is_refused_before_it_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "netlist.json"
    memories = [cell("RAM16SDP4")] * (PLACES["GW2A-18C"] // 8)
    path.write_text(json.dumps({"modules": {"top": module(*memories)}}))
    placing = ["--vopt", "family=GW2A-18C"]
    require_places("the SoC does not fit", placing, path)
    path.write_text(json.dumps({"modules": {"top": module(*memories, cell("LUT4", F=4))}}))
    with pytest.raises(ToolError, match="the SoC does not fit: it needs 20737 places"):
        require_places("the SoC does not fit", placing, path)
    require_places("the SoC does not fit", ["--85k"], path)
