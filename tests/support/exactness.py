"""Runs a model on the host firmware and compares every layer with the TFLite reference kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dwpw.golden import golden_layers
from dwpw.model import Graph, read_model
from dwpw.plan.image import pack
from dwpw.plan.planner import Plan, plan
from dwpw.target.kernel_set import KernelSet
from dwpw.target.target import Target
from tests.support.host_firmware import HostFirmware, HostRun
from tests.support.targets import TARGET


def read_bytes(content: bytes, directory: Path) -> Graph:
    """The graph of a model given as bytes."""
    path = directory / "model.tflite"
    path.write_bytes(content)
    return read_model(path)


def first_difference(got: np.ndarray, wanted: np.ndarray) -> str | None:
    """Where two tensors differ first, for people; None when they do not."""
    if np.array_equal(got, wanted):
        return None
    index = tuple(int(i) for i in np.argwhere(got != wanted)[0])
    count = np.count_nonzero(got != wanted)
    return f"{count} of {got.size} differ, first at {index}: {got[index]}, not {wanted[index]}"


def check_layers(planned: Plan, graph: Graph, run: HostRun, tensor: np.ndarray) -> None:
    """Assert that every layer of the run is what the reference kernels compute."""
    start = 0
    for planned_operator, golden in zip(
        planned.operators, golden_layers(graph, tensor), strict=True
    ):
        size = golden.tensor.size
        got = run.dump[start : start + size].reshape(golden.tensor.shape)
        start += size
        difference = first_difference(got, golden.tensor)
        assert difference is None, f"{planned_operator}: {difference}"
    assert start == run.dump.size


def check_model(
    firmware: HostFirmware,
    graph: Graph,
    kernel_set: KernelSet,
    tensor: np.ndarray,
    target: Target = TARGET,
) -> Plan:
    """Plan, run and compare one model; the plan, for questions about the kernels chosen."""
    planned = plan(graph, target, kernel_set)
    run = firmware.run(pack(planned, dump_tensors=True), tensor)
    assert run.error is None
    check_layers(planned, graph, run, tensor)
    return planned
