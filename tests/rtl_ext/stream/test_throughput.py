"""A step per cycle: cycles of commands against their steps and what they may cost beside."""

from __future__ import annotations

import numpy as np
import pytest

from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, Space
from compiler_intrinsics.stream.geometry import Geometry
from tests.rtl_ext.stream.test_compute_engine import geometry_of
from tests.support.stream_commands import COUNTS, encoded
from tests.support.verilated_engine import Script, verilate_engine

GEOMETRY = geometry_of(taps=4, requantisers=4)

START = 3
"""Cycles from `start` to the first entry of parameters: latched, checked, loaded."""

WAY = 26
"""From a command's last step to its last result: memories, lanes, requantisers."""

BETWEEN = 1
"""From a command's `done` to the first step of one that waits."""

SHAPES = {
    "pointwise, 16 channels to 16": {"taps0": 2, "taps1": 2, "columns": 9, "rows": 6, "groups": 2},
    "pointwise, 64 channels to 24": {"taps0": 2, "taps1": 8, "columns": 3, "rows": 3, "groups": 3},
    "pointwise, 8 channels": {"taps0": 2, "columns": 12, "rows": 8},
    "stem, 3x3": {"taps0": 3, "taps1": 3, "columns": 9, "rows": 6},
    "a step per result": {"columns": 12, "rows": 8},
    "one result of many steps": {"taps1": 60},
}


def command(mnemonic: str, **fields: int) -> dict[str, int]:
    ones = dict.fromkeys(COUNTS, 1)
    return dict.fromkeys(COMPUTE_COMMANDS.by_mnemonic[mnemonic].fields, 0) | ones | fields


def steps_of(geometry: Geometry, fields: dict[str, int]) -> int:
    """Cycles that its steps take, with the parameters of each group."""
    taps = fields["taps0"] * fields["taps1"] * fields["taps2"]
    results = fields["rows"] * fields["columns"]
    of_group = results * max(taps, geometry.result_cycles) + geometry.parameter_entries
    return fields["groups"] * of_group


def ends_of(commands: list[dict[str, int]], mnemonic: str):
    engine = verilate_engine(GEOMETRY)
    script = Script()
    script.fill(Space.WEIGHTS, np.zeros(GEOMETRY.weight_entries * GEOMETRY.entry_bytes, np.uint8))
    script.wait()
    for fields in commands:
        script.command(encoded(mnemonic, fields))
    script.wait()
    return engine.run(script)[0]


@pytest.mark.parametrize("mnemonic", ["dot", "depthwise"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_command_takes_its_steps_and_a_constant(shape, mnemonic):
    fields = command(mnemonic, **SHAPES[shape])
    (end,) = ends_of([fields], mnemonic)
    steps = steps_of(GEOMETRY, fields)
    assert steps < end.cycles <= START + steps + WAY


def test_commands_follow_each_other_without_reading_their_parameters_first():
    """These are read while the results of the command before are on their way."""
    fields = command("dot", **SHAPES["stem, 3x3"])
    count = 5
    ends = ends_of([fields] * count, "dot")
    rest = ends[-1].end - ends[0].end
    steps = steps_of(GEOMETRY, fields) - GEOMETRY.parameter_entries
    assert rest <= (count - 1) * (BETWEEN + steps + WAY)


def test_accesses_of_the_memory_engine_cost_no_step():
    fields = command("dot", **SHAPES["pointwise, 16 channels to 16"], output=600)
    engine = verilate_engine(GEOMETRY)
    script = Script()
    script.command(encoded("dot", fields))
    for address in range(300, 450):
        script.write(Space.ACTIVATIONS, address, address)
        script.read(address)
    script.wait()
    (end,), answers = engine.run(script)
    assert end.cycles <= START + steps_of(GEOMETRY, fields) + WAY
    assert answers.tolist() == [*range(300, 450)]
