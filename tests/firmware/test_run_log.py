"""The run log says which kernels ran, and its checksums are those of the tensors."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from dwpw.image.format import VERSION, Flag
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from dwpw.target.kernel_set import KernelSet
from tests.support.exactness import read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import random_conv, random_depthwise
from tests.support.targets import KERNEL_SETS, SCALAR, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Mean, Quantisation, Softmax


def checksum(tensor: np.ndarray) -> str:
    """As the log writes it."""
    return f"{zlib.crc32(tensor.tobytes()):08x}"


SHAPE = (1, 9, 7, 5)
SOURCE = Quantisation(0.1, 3)


@pytest.mark.parametrize("kernel_set", KERNEL_SETS, ids=lambda one: one.name)
def test_log_of_a_chain(firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet) -> None:
    rng = np.random.default_rng(2)
    conv = random_conv(rng, SHAPE, SOURCE)
    depthwise = random_depthwise(rng, conv.output_shape(SHAPE), conv.output, three=True)
    chain = [conv, depthwise, Mean(output=depthwise.output, keep_dims=False), Softmax()]
    graph = read_bytes(build_model(SHAPE, SOURCE, chain), tmp_path)
    planned = plan(graph, TARGET, kernel_set)
    tensor = rng.integers(-128, 128, SHAPE).astype(np.int8)

    run = firmware.run(pack(planned, Flag.DUMP_TENSORS), tensor)

    start, *layers, end = run.lines
    assert (start["dwpw"], start["version"], start["operators"]) == ("start", VERSION, len(chain))
    assert [line["index"] for line in layers] == list(range(len(chain)))
    assert [line["kernel"] for line in layers] == [step.kernel for step in planned.steps]
    sizes = [one.output.size for one in planned.operators]
    tensors = np.split(run.dump, np.cumsum(sizes)[:-1])
    assert [line["crcs"] for line in layers] == [[checksum(t)] for t in tensors]
    assert end["output"] == tensors[-1].tolist()

    whole = firmware.run(pack(planned, Flag.WHOLE), tensor)

    assert [line["dwpw"] for line in whole.lines] == ["start", "whole", "end"]
    assert whole.lines[1]["crcs"] == [checksum(tensors[-1])]
    assert whole.lines[2]["output"] == tensors[-1].tolist()


def test_tensors_are_dumped_only_when_asked_for(firmware: HostFirmware, tmp_path: Path) -> None:
    chain = [Mean(output=SOURCE)]
    graph = read_bytes(build_model(SHAPE, SOURCE, chain), tmp_path)
    run = firmware.run(pack(plan(graph, TARGET, SCALAR)), [np.zeros(SHAPE, np.int8)])
    assert run.dump.size == 0
