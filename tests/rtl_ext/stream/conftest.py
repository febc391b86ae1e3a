"""The streaming unit, verilated once for all tests of whole programs."""

from __future__ import annotations

import pytest

from compiler_intrinsics.stream.geometry import Geometry
from tests.support.verilated_stream import VerilatedStream, verilate_stream


@pytest.fixture(scope="session")
def stream() -> VerilatedStream:
    """With small memories, behind whose ends programs come more easily."""
    geometry = Geometry(taps=4, requantisers=4, activation_words=1024, weight_entries=512)
    return verilate_stream(geometry)
