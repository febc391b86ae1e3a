"""The kernel sets of plain RISC-V code, which every target has."""

from __future__ import annotations

from dwpw.kernels import pack_reference, pack_scalar, param_scalar
from dwpw.paths import FIRMWARE
from dwpw.target.kernel_set import KernelSet

KERNELS = FIRMWARE / "kernels"

REFERENCE = KernelSet("reference", KERNELS / "reference", pack_reference.RULES)
"""The loops of the TFLite reference kernels: what a user gets without doing anything."""

SCALAR = KernelSet("scalar", KERNELS / "scalar", pack_scalar.RULES, param_scalar.PARAMS)
"""The best RV32IM code that we can write: the honest baseline."""

BASELINE_SETS = (REFERENCE, SCALAR)
"""Simplest first."""
