"""The fused kernel on the host: exact with and without the tensor inside, and checked.

It needs a build of all kernels for itself; `make test` runs steps of several operators in
`tests/stream`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from dwpw.golden import golden_layers
from dwpw.image.format import ErrorCode, Flag, Header, Span
from dwpw.inputs import random_tensors
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from tests.firmware.test_mutated_images import outcome
from tests.fused.models import random_model, small_image
from tests.fused.target import FUSED, FusedSeparableParam
from tests.support.damage import Damage, both, damaged, fields, longer, onto, param
from tests.support.exactness import kernel_differences
from tests.support.host_firmware import HostFirmware
from tests.support.mutation import mutation

pytestmark = pytest.mark.full

SET = FUSED.kernel_set("fused")
SEEDS, MUTATIONS = 60, 600


def test_every_tensor_of_random_pairs_is_exact(firmware: HostFirmware, tmp_path: Path) -> None:
    fused = 0
    for seed in range(SEEDS):
        graph = random_model(seed, tmp_path)
        tensors = random_tensors(graph, seed)
        golden = golden_layers(graph, tensors)
        traced = plan(graph, FUSED, SET, traced=True)
        assert kernel_differences(firmware, traced, tensors, golden) == [], seed
        plain = plan(graph, FUSED, SET)
        run = firmware.run(pack(plain), tensors)
        stored = [
            f"{layer.crc:08x}"
            for one, layer in zip(plain.operators, golden, strict=True)
            if one.stored
        ]
        assert [crc for line in run.layers for crc in line["crcs"]] == stored, seed
        assert run.lines[-1]["output"] == golden[-1].tensor.ravel().tolist()
        fused += plain.steps[0].kernel == "fused/separable"
    assert fused > SEEDS // 2


def test_a_line_of_the_log_has_the_checksums_of_all_that_its_step_stored(
    firmware: HostFirmware, tmp_path: Path
) -> None:
    tensor = np.zeros(288, np.int8)
    plain = firmware.run(small_image(tmp_path), [tensor])
    traced = firmware.run(small_image(tmp_path, traced=True), [tensor])
    (one,), (several,) = plain.layers, traced.layers
    assert one["kernel"] == several["kernel"] == "fused/separable"
    assert [len(one["crcs"]), len(several["crcs"])] == [1, 2]
    assert one["crcs"] == several["crcs"][1:]


FIRST: dict[str, tuple[Damage, ErrorCode, str]] = {
    "no step": (fields(step=0), ErrorCode.BAD_PARAMETER, "step"),
    "half a step": (fields(step=1), ErrorCode.BAD_PARAMETER, "output"),
    "a step beyond the table": (fields(step=3), ErrorCode.BAD_PARAMETER, "step"),
    "far beyond": (fields(step=2**32 - 1), ErrorCode.BAD_PARAMETER, "step"),
    "a kernel for one operator": (fields(kernel=0), ErrorCode.BAD_PARAMETER, "step"),
    "no kernel": (fields(kernel=99), ErrorCode.BAD_KERNEL, "kernel"),
    "no rows": (param(FusedSeparableParam.BAND_ROWS, 0), ErrorCode.BAD_PARAMETER, "rows"),
    "rows below 0": (param(FusedSeparableParam.BAND_ROWS, -1), ErrorCode.BAD_PARAMETER, "rows"),
    "too many rows": (param(FusedSeparableParam.BAND_ROWS, 7), ErrorCode.BAD_PARAMETER, "rows"),
    "too little room": (longer("scratch", -4), ErrorCode.BAD_PARAMETER, "scratch"),
    "room over the input": (onto("scratch", "input"), ErrorCode.BAD_PARAMETER, "overlap"),
    "output of one only": (fields(output=Span(4096, 288)), ErrorCode.BAD_PARAMETER, "between"),
    "output cut": (fields(output=Span(4096, 284)), ErrorCode.BAD_PARAMETER, "output"),
    "no input": (fields(input=Span(0, 0)), ErrorCode.BAD_PARAMETER, "input"),
    "weights": (longer("weights", -4), ErrorCode.BAD_PARAMETER, "weights"),
}
SECOND: dict[str, tuple[Damage, ErrorCode, str]] = {
    "a step within a step": (fields(step=1), ErrorCode.BAD_PARAMETER, "step"),
    "other shapes": (
        both(fields(in_h=4, in_w=9), fields(out_h=4, out_w=9)), ErrorCode.BAD_PARAMETER, "between",
    ),
    "no output": (fields(output=Span(0, 0)), ErrorCode.BAD_PARAMETER, "output"),
    "input of one only": (fields(input=Span(4096, 288)), ErrorCode.BAD_PARAMETER, "between"),
    "weights": (longer("weights", -4), ErrorCode.BAD_PARAMETER, "weights"),
    "a span outside": (fields(output=Span(1 << 20, 288)), ErrorCode.BAD_SPAN, "output"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "name"), [*((0, name) for name in FIRST), *((1, name) for name in SECOND)]
)
def test_a_damaged_step_is_refused_by_name(
    place: int, name: str, firmware: HostFirmware, tmp_path: Path
) -> None:
    damage, error, what = (FIRST, SECOND)[place][name]
    run = firmware.run(damaged(small_image(tmp_path), damage, place), [np.zeros(288, np.int8)])
    (line,) = run.lines
    assert (run.error, line["what"]) == (error, what)
    if what in ("output", "input"):  # else it is the kernel's check, which names the step
        assert line["operator"] == place


def test_what_lies_between_must_be_one_place(firmware: HostFirmware, tmp_path: Path) -> None:
    image = small_image(tmp_path, traced=True)
    moved = damaged(image, fields(input=Span(8192, 288)), 1)
    assert firmware.run(moved, [np.zeros(288, np.int8)]).lines[0]["what"] == "between"
    over = damaged(image, onto("output", "input"), 1)
    assert firmware.run(over, [np.zeros(288, np.int8)]).lines[0]["what"] == "overlap"


def test_mutated_steps_are_refused_or_run_in_their_memory(
    firmware: HostFirmware, tmp_path: Path
) -> None:
    images = [(f"traced {traced}", small_image(tmp_path, traced)) for traced in (False, True)]
    graphs = [random_model(seed, tmp_path) for seed in range(6)]
    images += [("pair", pack(plan(graph, FUSED, SET), Flag.DUMP_TENSORS)) for graph in graphs]
    assert all(Header.from_buffer_copy(image).operator_count > 1 for _, image in images)

    def origin(rng: np.random.Generator) -> tuple[str, bytes]:
        return images[int(rng.integers(len(images)))]

    outcomes = Counter(outcome(firmware, mutation(seed, origin)) for seed in range(MUTATIONS))
    assert outcomes["ran"] > MUTATIONS // 20
    assert len(outcomes) > 30
