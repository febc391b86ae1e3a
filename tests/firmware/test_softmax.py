"""SOFTMAX where TFLite has no answer, and at the edge of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.image.format import Flag
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.targets import REFERENCE, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Quantisation, Softmax


def logits(count: int, directory: Path, scale: float = 0.1):
    model = build_model((1, count), Quantisation(scale, 0), [Softmax()])
    return read_bytes(model, directory)


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 511])
def test_equal_logits_up_to_where_tflite_ends(
    firmware: HostFirmware, tmp_path: Path, count: int
) -> None:
    check_model(firmware, logits(count, tmp_path), REFERENCE, [np.full((1, count), 7, np.int8)])


@pytest.mark.parametrize("scale", [2.0**-25, 1e-3, 0.5, 1e9])
def test_smallest_and_largest_scales(firmware: HostFirmware, tmp_path: Path, scale: float) -> None:
    tensor = np.arange(-128, 128, dtype=np.int8)[None]
    check_model(firmware, logits(256, tmp_path, scale), REFERENCE, [tensor])


@pytest.mark.parametrize("count", [512, 4096, 9000])
def test_where_tflite_has_no_answer_no_probability_reaches_half_a_step(
    firmware: HostFirmware, tmp_path: Path, count: int
) -> None:
    """The sum of the exponentials is 512 or more; from 8,192 on it would not fit in 32 bits."""
    planned = plan(logits(count, tmp_path), TARGET, REFERENCE)
    run = firmware.run(pack(planned, Flag.DUMP_TENSORS), [np.zeros((1, count), np.int8)])
    assert run.error is None
    assert np.unique(run.dump).tolist() == [-128]
