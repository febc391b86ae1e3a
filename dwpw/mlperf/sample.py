"""An input for one measurement, and what the device has to answer for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dwpw.golden.outputs import golden_outputs
from dwpw.inputs import random_tensors
from dwpw.mlperf.benchmark import InputKind, Settings
from dwpw.model import Graph

TOLERANCE = 1e-6
"""The device prints six decimals."""


@dataclass(frozen=True)
class Sample:
    """content: the bytes that go over the line; results: by the golden interpreter, float32."""

    content: bytes
    results: tuple[float, ...]

    def agrees(self, results: tuple[float, ...]) -> bool:
        """Whether a device's answer is right."""
        return len(results) == len(self.results) and bool(
            np.allclose(results, self.results, rtol=TOLERANCE, atol=TOLERANCE)
        )


def random_sample(graph: Graph, settings: Settings) -> Sample:
    """The input that every command takes when it is given none."""
    (tensor,) = random_tensors(graph)
    real = dequantised(tensor, settings.input_scale, settings.input_zero_point)
    (golden,) = golden_outputs(graph, [[tensor]], [_real_inputs(graph, real)])
    output = dequantised(golden.values, settings.output_scale, settings.output_zero_point)
    return Sample(content_of(settings, tensor), results_of(settings, real, output))


def dequantised(values: np.ndarray, scale: float, zero_point: int) -> np.ndarray:
    """float32, as the device computes it."""
    return (values.astype(np.int32) - zero_point).astype(np.float32) * np.float32(scale)


def content_of(settings: Settings, tensor: np.ndarray) -> bytes:
    """The bytes that an int8 input comes from."""
    if settings.kind is InputKind.PIXELS:
        return (tensor.view(np.uint8) ^ np.uint8(0x80)).tobytes()
    if settings.kind is InputKind.FEATURES:
        return tensor.tobytes()
    return dequantised(tensor, settings.input_scale, settings.input_zero_point).tobytes()


def results_of(settings: Settings, real: np.ndarray, output: np.ndarray) -> tuple[float, ...]:
    """What the device makes of an output."""
    if not settings.mean_error:
        return tuple(map(float, output.ravel()))
    return (float(np.mean((output.ravel() - real.ravel()) ** 2)),)


def _real_inputs(graph: Graph, real: np.ndarray) -> tuple[np.ndarray, ...] | None:
    """For a model that takes real values."""
    return (real,) if graph.entries[0] is not None else None
