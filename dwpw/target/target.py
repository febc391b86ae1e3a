"""A SoC that numbers can be taken on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from compiler_intrinsics.instruction_set import Instruction
from dwpw.errors import UserError
from dwpw.kernels.packing import KernelRule
from dwpw.target.baseline import BASELINE_SETS
from dwpw.target.kernel_set import KernelSet
from dwpw.target.unit import Unit
from soc.config import MEMORIES, SocConfig
from soc.memory_map import MAIN_RAM_SIZE


@dataclass(frozen=True)
class Target:
    """CPU, memory, clock, and the units on the CPU's custom-function port.

    name: what `--target` takes.
    units: in the order of their kernel sets, the one that others fall back to first.
    memory: one of `soc.config.MEMORIES`.
    main_ram: bytes of the simulated SoC's, one of `soc.config.MAIN_RAM_SIZES`.
    clock_hz: nominal clock of the simulated SoC; boards have their own.
    """

    name: str
    units: tuple[Unit, ...]
    cpu: str = "vexriscv full+cfu"
    memory: str = MEMORIES[0]
    clock_hz: int = 60_000_000
    main_ram: int = MAIN_RAM_SIZE

    def __post_init__(self) -> None:
        owners: dict[int, str] = {}
        for unit in self.units:
            for instruction in unit.instruction_set.instructions:
                other = owners.setdefault(instruction.function_id, unit.name)
                if other != unit.name:
                    raise ValueError(
                        f"target {self.name}: {other} and {unit.name} both have an instruction"
                        f" with function id {instruction.function_id} ({instruction.mnemonic})"
                    )

    @property
    def kernel_sets(self) -> tuple[KernelSet, ...]:
        """Simplest first; an operator that one set does not take falls back to the one before."""
        return (*BASELINE_SETS, *(one for unit in self.units for one in unit.kernel_sets))

    @property
    def best_set(self) -> str:
        """Name of the set that is furthest from plain code."""
        return self.kernel_sets[-1].name

    @property
    def kernels(self) -> dict[str, int]:
        """Names of all kernels in the firmware, each with the most operators that it takes in one
        step; an image names a kernel by its place here."""
        found: dict[str, int] = {}
        for one in self.kernel_sets:
            for rule in one.rules:
                found[rule.name] = max(found.get(rule.name, 0), rule.window)
        return found

    @property
    def params(self) -> tuple[type[IntEnum], ...]:
        """What kernels find in `Operator.param`."""
        return tuple(enum for one in self.kernel_sets for enum in one.params)

    def kernel_set(self, name: str) -> KernelSet:
        """The set of that name; `UserError` when the target has none."""
        known = {one.name: one for one in self.kernel_sets}
        if name not in known:
            raise UserError(
                f"unknown kernel set '{name}' (target {self.name} has: {', '.join(known)})"
            )
        return known[name]

    def rules(self, wanted: KernelSet) -> Iterator[KernelRule]:
        """The rules of a set and then of every simpler one, the most preferred first.

        In each set those that take the most operators in one step come first.
        """
        sets = self.kernel_sets
        place = [one.name for one in sets].index(wanted.name)
        for one in reversed(sets[: place + 1]):
            yield from sorted(one.rules, key=lambda rule: -rule.window)

    def with_memory(self, memory: str) -> Target:
        """The same SoC with another memory model."""
        if memory not in MEMORIES:
            raise UserError(f"unknown memory '{memory}' (known: {', '.join(MEMORIES)})")
        return replace(self, memory=memory)

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """Those of all units."""
        return tuple(one for unit in self.units for one in unit.instruction_set.instructions)

    @property
    def sizes(self) -> dict[str, int]:
        """All sizes by the names that `--target` takes; UNIT.SIZE where there are several units."""
        several = len(self.units) > 1
        return {
            f"{unit.name}.{size}" if several else size: value
            for unit in self.units
            for size, value in unit.sizes.items()
        }

    def require_units(self) -> None:
        """`UserError` for a target of plain RISC-V, where a unit is asked about."""
        if not self.units:
            raise UserError(f"target {self.name} has no unit: name one that has with --target")

    @property
    def lanes(self) -> int:
        """Products in a cycle; a unit that multiplies on another one's lanes adds none."""
        lent = max((unit.geometry.lanes for unit in self.units if unit.lends), default=0)
        own = (u for u in self.units if not (u.borrows and u.geometry.lanes <= lent))
        return sum(unit.geometry.lanes for unit in own)

    @property
    def extension(self) -> dict[str, object]:
        """The units for reports: names, and what the instruction sets say of their sizes."""
        return {"name": "+".join(unit.name for unit in self.units), "lanes": self.lanes}

    def soc_config(self, counters: bool = False) -> SocConfig:
        """What the simulated SoC is built from."""
        return SocConfig(
            memory=self.memory,
            main_ram=self.main_ram,
            sys_clk_freq=self.clock_hz,
            units=tuple(unit.hardware for unit in self.units),
            counters=counters,
        )
