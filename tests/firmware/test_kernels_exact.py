"""Every kernel of every set gives the bits of the TFLite reference kernels, on random models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.image.format import KernelSet
from tests.support.exactness import check_model, read_bytes
from tests.support.host_firmware import HostFirmware
from tests.support.random_models import random_layers, random_quantisation
from tests.support.tflite_builder import build_model

KINDS = (
    "conv",
    "conv_pointwise",
    "depthwise",
    "depthwise_3x3",
    "fully_connected",
    "average_pool",
    "mean",
    "add",
    "pad",
    "reshape",
    "softmax",
)
MODELS_PER_KIND = 60


def _random_case(kind: str, seed: int) -> tuple[bytes, np.ndarray]:
    """A model of that kind and an input for it."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    shape = (1, int(rng.integers(1, 12)), int(rng.integers(1, 12)), int(rng.integers(1, 68)))
    source = random_quantisation(rng)
    model = build_model(shape, source, random_layers(rng, kind, shape, source))
    return model, rng.integers(-128, 128, shape).astype(np.int8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kernel_set", KernelSet, ids=lambda one: one.name.lower())
def test_random_layers_are_exact(
    firmware: HostFirmware, tmp_path: Path, kernel_set: KernelSet, kind: str
) -> None:
    for seed in range(MODELS_PER_KIND):
        model, tensor = _random_case(kind, seed)
        try:
            check_model(firmware, read_bytes(model, tmp_path), kernel_set, tensor)
        except AssertionError as error:
            error.add_note(f"kind {kind}, seed {seed}, kernel set {kernel_set.name}")
            raise
