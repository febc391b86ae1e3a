"""A kernel set: C kernels for the same operators, and the rules that choose among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from dwpw.kernels.packing import KernelRule


@dataclass(frozen=True)
class KernelSet:
    """Kernels that belong together, such as "scalar".

    name: what `--kernels` takes.
    sources: folder with the C files; kernel "SET/NAME" of a rule is function `dwpw_SET_NAME` there.
    rules: which kernel takes which operators, the most preferred first.
    params: what kernels find in `Operator.param`, for C and Python.
    """

    name: str
    sources: Path
    rules: tuple[KernelRule, ...] = field(repr=False, compare=False)
    params: tuple[type[IntEnum], ...] = ()
