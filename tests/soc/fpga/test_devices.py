"""Which chip an estimate takes."""

from __future__ import annotations

import pytest

from soc.fpga.devices import CELLS, DEVICES, needed_by, smallest_device

NOTHING = dict.fromkeys(CELLS, 0)


@pytest.mark.parametrize(
    ("needed", "name"),
    [
        ({}, "LFE5U-25F-6"),
        ({"bram": 56, "dsp": 28, "lut": 21000, "ff": 21000}, "LFE5U-25F-6"),
        ({"bram": 57}, "LFE5U-45F-6"),
        ({"dsp": 29}, "LFE5U-45F-6"),
        ({"lut": 24000}, "LFE5U-45F-6"),
        ({"ff": 24000}, "LFE5U-45F-6"),
        ({"bram": 109}, "LFE5U-85F-6"),
        ({"dsp": 73}, "LFE5U-85F-6"),
    ],
    ids=str,
)
def test_the_smallest_chip_that_holds_all_is_taken(needed, name):
    assert smallest_device(NOTHING | needed).name == name


def test_what_no_chip_holds_is_left_to_the_largest_whose_tools_name_it():
    assert smallest_device(NOTHING | {"bram": 1000}) == DEVICES[-1]


def test_cells_of_a_netlist_count_as_what_they_take():
    types = ["LUT4", "LUT4", "CCU2C", "TRELLIS_FF", "DP16KD", "MULT18X18D", "PFUMX"]
    module = {"cells": {str(number): {"type": kind} for number, kind in enumerate(types)}}
    assert needed_by(module) == {"lut": 4, "ff": 1, "bram": 1, "dsp": 1}
