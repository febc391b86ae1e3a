"""Cycles of the parts of a step: stamps in a program, a list in the log, rows in reports."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.comparison import Comparison, compare_layers, compare_run
from dwpw.golden import golden_layers
from dwpw.image.format import ErrorCode
from dwpw.inputs import random_tensors
from dwpw.kernels.param_stream import StreamProgramParam
from dwpw.plan.planner import plan
from dwpw.report.jsonfile import to_json
from dwpw.report.table import print_comparison
from dwpw.runlog import Measurement, RunLayer, RunLog
from dwpw.soc_info import SocInfo
from dwpw.stream.jobs import Move
from dwpw.stream.program import make_program
from dwpw.stream.stamps import Stamp, with_stamps
from tests.stream.models import SET, TARGET, image, pair
from tests.support.damage import damaged, longer, param
from tests.support.host_firmware import HostFirmware, no_values
from tests.support.stream_steps import lowered, random_chain


def test_a_stamp_stands_where_the_list_waits_anyway() -> None:
    moves = [Move("load", {}, 0, after=after) for after in (-1, 0, 2, 2, 5)]
    listed = with_stamps([0, 1, 3, 2, 4], moves, last=[1, 4, 7])
    assert listed == [0, 1, Stamp(0, 2), 3, 2, Stamp(1, 5), 4, Stamp(2, 8)]


def test_a_step_tells_when_each_of_its_segments_was_done(
    firmware: HostFirmware, tmp_path: Path
) -> None:
    graph = random_chain(np.random.default_rng(5), tmp_path, 6)
    planned = plan(graph, TARGET, SET)
    parts = planned.steps[0].operators[0].constants.parts
    program = make_program(Geometry(), lowered(graph)[: len(planned.steps[0].operators)])
    assert parts == tuple(len(segment.operators) for segment in program.segments)
    run = firmware.run(image(graph), random_tensors(graph, 0))
    assert len(run.layers[0]["parts"]) == len(parts)
    assert all(cycles > 0 for cycles in run.layers[0]["parts"])


@pytest.mark.parametrize(
    "damage",
    [
        param(StreamProgramParam.STAMPS, 4),
        param(StreamProgramParam.STAMPS, -8),
        param(StreamProgramParam.PARTS, 3),
        param(StreamProgramParam.PARTS, -1),
        longer("scratch", -8),
    ],
)
def test_stamps_lie_in_the_scratch_memory(damage, firmware: HostFirmware, tmp_path: Path) -> None:
    good = image(pair(tmp_path))
    run = firmware.run(damaged(good, damage, 0), no_values(good))
    assert (run.error, run.lines[0]["what"]) == (ErrorCode.BAD_PARAMETER, "parts")


def test_reports_show_the_parts_of_a_step(tmp_path: Path) -> None:
    graph = pair(tmp_path)
    golden = golden_layers(graph, random_tensors(graph, 0))
    planned = plan(graph, TARGET, SET)
    (step,) = planned.steps
    first = replace(step.operators[0], constants=replace(step.operators[0].constants, parts=(1, 1)))
    planned = replace(planned, steps=(replace(step, operators=(first, *step.operators[1:])),))
    layer = RunLayer(0, "stream/program", 5_000, 99, (golden[-1].crc,), parts=(3_000, 1_500))
    output = tuple(golden[-1].tensor.ravel().tolist())
    log = RunLog(60_000_000, (layer,), 5_000, 99, output)
    run = compare_run(planned, Measurement(log, log), golden)
    soc = SocInfo("stream-32", "cpu", 60_000_000, "sdram", TARGET.extension)
    comparison = Comparison(graph, soc, "golden", ("random",), (run,))

    assert [part.cycles for part in compare_layers(planned, log, golden)[0].parts] == [3_000, 1_500]
    out = StringIO()
    print_comparison(comparison, Console(file=out, width=160), layers=True)
    rows = [line.split() for line in out.getvalue().splitlines()]
    assert ["dw", "3x3", "3,000"] in rows
    assert ["conv", "1x1", "1,500"] in rows
    assert "Parts of a step overlap" in out.getvalue()
    layers = json.loads(json.dumps(to_json(comparison)))["runs"][0]["layers"]
    assert [one.get("part_cycles") for one in layers] == [3_000, 1_500]
