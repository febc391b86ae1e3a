"""Runs a model on the host firmware and compares every layer with the TFLite reference kernels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dwpw.golden import GoldenLayer, golden_layers
from dwpw.image.format import Flag
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


def dumped_layers(graph: Graph, run: HostRun) -> list[np.ndarray]:
    """The output of every operator as the host firmware has dumped it, in its shape."""
    shapes = [graph.tensors[operator.output].shape for operator in graph.operators]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    assert ends[-1] == run.dump.size
    parts = np.split(run.dump, ends[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def differences(
    graph: Graph, got: Sequence[np.ndarray], wanted: Sequence[GoldenLayer]
) -> list[str]:
    """What is wrong, a line for each operator that differs."""
    compared = [
        (operator, first_difference(one, layer.tensor))
        for operator, one, layer in zip(graph.operators, got, wanted, strict=True)
    ]
    return [f"{operator}: {difference}" for operator, difference in compared if difference]


def kernel_differences(
    firmware: HostFirmware,
    planned: Plan,
    tensors: Sequence[np.ndarray],
    golden: Sequence[GoldenLayer],
) -> list[str]:
    """What is wrong with a plan that the host firmware runs."""
    run = firmware.run(pack(planned, Flag.DUMP_TENSORS), tensors)
    if run.error is not None:
        return [f"refused: {run.error.name}"]
    return differences(planned.graph, dumped_layers(planned.graph, run), golden)


def check_model(
    firmware: HostFirmware,
    graph: Graph,
    kernel_set: KernelSet,
    tensors: Sequence[np.ndarray],
    target: Target = TARGET,
) -> Plan:
    """Plan, run and compare one model; the plan, for questions about the kernels chosen.

    Tensors inside a step are stored too.
    """
    planned = plan(graph, target, kernel_set, traced=True)
    assert kernel_differences(firmware, planned, tensors, golden_layers(graph, tensors)) == []
    return planned
