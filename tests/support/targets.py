"""The target that tests run on unless they are about others, and its kernel sets."""

from __future__ import annotations

from dwpw.target.registry import DEFAULT_TARGET, TARGETS

TARGET = TARGETS[DEFAULT_TARGET]
KERNEL_SETS = TARGET.kernel_sets
REFERENCE, SCALAR, SIMD = KERNEL_SETS
UNITS = tuple(unit.hardware for unit in TARGET.units)
"""As the SoC is built with."""
