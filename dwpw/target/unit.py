"""A custom-function unit with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from compiler_intrinsics.instruction_set import InstructionSet
from dwpw.errors import UserError
from dwpw.kernels.work import Resource
from dwpw.target.kernel_set import KernelSet
from soc.config import HardwareUnit


@dataclass(frozen=True)
class Unit:
    """One unit with its sizes; another geometry is another value (`resized`).

    geometry: its sizes, an instance of `instruction_set.geometry`.
    instruction_set: records of its instructions, with their Python meaning; where it can be
        imported from is said by `instructions_from`, since gateware is built in other processes.
    hardware_from: "module:callable" that makes its Migen module from the geometry.
    kernels: its kernel sets, planner rules, packers and work models for a geometry; of several the
        one that others fall back to comes first.
    c_meaning: C file, or folder of C files, with what its instructions mean on a computer, the
        functions that `compiler_intrinsics.header.generate_host` declares, which `--engine host`
        needs.
    resources: what its kernels keep busy, as their work names it.
    counters: what performance counters count of it; its Migen module has an event of each name.
    engines: what carries out commands by itself, as `soc.config.HardwareUnit` says; the one that
        multiplies comes first.
    lends: its Migen module has `lend`, and so multiplies for one that `borrows` no more lanes than
        it has itself (`rtl_ext.top`).
    """

    geometry: Any
    instruction_set: InstructionSet = field(repr=False)
    instructions_from: str
    hardware_from: str
    kernels: Callable[[Any], tuple[KernelSet, ...]] = field(repr=False)
    c_meaning: Path | None = field(default=None, repr=False)
    resources: tuple[Resource, ...] = field(default=(), repr=False)
    counters: tuple[Resource, ...] = field(default=(), repr=False)
    engines: tuple[str, ...] = ()
    lends: bool = False
    borrows: bool = False

    @property
    def name(self) -> str:
        """As in reports and in `--target`."""
        return self.instruction_set.name

    @property
    def sizes(self) -> dict[str, int]:
        """Name of a size -> value."""
        return dict(vars(self.geometry))

    @property
    def kernel_sets(self) -> tuple[KernelSet, ...]:
        """The kernels that use it."""
        return self.kernels(self.geometry)

    @property
    def hardware(self) -> HardwareUnit:
        """What the SoC is built with."""
        return HardwareUnit(
            name=self.name,
            hardware=self.hardware_from,
            instruction_set=self.instructions_from,
            sizes=tuple(self.sizes.items()),
            counters=tuple((one.name, one.document) for one in self.counters),
            engines=self.engines,
        )

    def resized(self, sizes: dict[str, int]) -> Unit:
        """The unit with some sizes changed; `UserError` for one that its hardware cannot have."""
        try:
            return replace(self, geometry=replace(self.geometry, **sizes))
        except ValueError as error:
            raise UserError(f"unit {self.name}: {error}") from error
