"""Which of the benchmark's models one is, and what bytes the benchmark sends for it.

Facts from github.com/mlcommons/tiny, benchmark/reference_submissions: `th_load_tensor` and
`th_results` of person_detection and image_classification (pixels less 128), keyword_spotting
(int8 features as they are) and anomaly_detection (float32, quantised on the device; the result is
the mean squared difference between output and input).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from dwpw.errors import UserError
from dwpw.model import Graph
from dwpw.target.kernel_set import KernelSet

BUFFER_BYTES = 224 * 224 * 3
"""Of the firmware's buffer.  The benchmark's models need 27,648 at most; this is the largest image
that the MobileNets take."""

FLOAT_BYTES = 4

MODEL_ID = re.compile(r"[\w.-]{1,31}")
"""What a runner can look up, and an answer can hold."""


class InputKind(Enum):
    """What the bytes of an input are; values are the names in firmware/mlperf/settings.h."""

    PIXELS = "MLPERF_PIXELS"
    FEATURES = "MLPERF_FEATURES"
    REALS = "MLPERF_REALS"


@dataclass(frozen=True)
class Benchmark:
    """One of MLPerf Tiny's models.

    model_id: what its firmware calls itself; inputs, outputs: elements.
    """

    model_id: str
    kind: InputKind
    inputs: int
    outputs: int


BENCHMARKS = (
    Benchmark(model_id="vww01", kind=InputKind.PIXELS, inputs=96 * 96 * 3, outputs=2),
    Benchmark(model_id="ic01", kind=InputKind.PIXELS, inputs=32 * 32 * 3, outputs=10),
    Benchmark(model_id="kws01", kind=InputKind.FEATURES, inputs=49 * 10, outputs=12),
    Benchmark(model_id="ad01", kind=InputKind.REALS, inputs=640, outputs=640),
)


@dataclass(frozen=True)
class Settings:
    """What the protocol has to know of a model; see firmware/mlperf/settings.h.

    device, model_id: names that it answers with.
    input_bytes: what `infer` wants in the buffer.
    """

    device: str
    model_id: str
    kind: InputKind
    input_bytes: int
    input_scale: float
    input_zero_point: int
    output_scale: float
    output_zero_point: int

    @property
    def mean_error(self) -> bool:
        """Whether the result is one number, the distance between output and input."""
        return self.kind is InputKind.REALS


def settings_of(graph: Graph, kernel_set: KernelSet, model_id: str | None) -> Settings:
    """The model's settings; `UserError` when the benchmark has no place for it.

    model_id: None to find out.
    """
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise UserError(
            f"{graph.path}: has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs, and"
            " the benchmark's protocol knows one of each: use a model that has one of each"
        )
    (taken,), (given,) = graph.input_tensors, graph.output_tensors
    found = _identified(graph, model_id)
    kind = next((one.kind for one in BENCHMARKS if one.model_id == found), InputKind.PIXELS)
    if kind is InputKind.REALS and taken.elements != given.elements:
        raise UserError(
            f"{graph.path}: gives {given.elements} values for {taken.elements}, and {found}"
            " compares each output with its input: use another --model-id"
        )
    settings = Settings(
        device=f"dwpw {kernel_set.name}",
        model_id=found,
        kind=kind,
        input_bytes=taken.elements * (FLOAT_BYTES if kind is InputKind.REALS else 1),
        input_scale=float(taken.scale),
        input_zero_point=taken.zero_point,
        output_scale=float(given.scale),
        output_zero_point=given.zero_point,
    )
    if settings.input_bytes > BUFFER_BYTES:
        raise UserError(
            f"{graph.path}: its input takes {settings.input_bytes:,} bytes, and the benchmark's"
            f" firmware has a buffer of {BUFFER_BYTES:,}: use a model with a smaller input"
        )
    return settings


def _identified(graph: Graph, model_id: str | None) -> str:
    """The id that was asked for, or that of the benchmark's model with these shapes."""
    if model_id is not None:
        if not MODEL_ID.fullmatch(model_id):
            raise UserError(
                f"--model-id {model_id}: is no name of at most 31 letters, digits, '.', '_' or '-'"
            )
        return model_id
    sizes = graph.input_tensors[0].elements, graph.output_tensors[0].elements
    for one in BENCHMARKS:
        if sizes == (one.inputs, one.outputs):
            return one.model_id
    known = ", ".join(one.model_id for one in BENCHMARKS)
    raise UserError(
        f"{graph.path}: takes {sizes[0]:,} values and gives {sizes[1]:,}, as none of the"
        f" benchmark's models ({known}): say with --model-id as which one it shall answer"
    )
