"""The target that tests run on unless they are about others, and its kernel sets."""

from __future__ import annotations

import pytest

from dwpw.target.registry import DEFAULT_TARGET, TARGETS
from soc.config import MEMORIES

TARGET = TARGETS[DEFAULT_TARGET]
KERNEL_SETS = TARGET.kernel_sets
REFERENCE, SCALAR, SIMD = KERNEL_SETS
UNITS = tuple(unit.hardware for unit in TARGET.units)
"""As the SoC is built with."""

SDRAM, *OTHERS = MEMORIES
SDRAM_NOW = [SDRAM, *(pytest.param(memory, marks=pytest.mark.full) for memory in OTHERS)]
"""Parameters of a test that needs a simulator of its own: the others are for make test-full."""
