"""Boards of litex_boards without an entry of ours: their own target with our CPU and extension."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from soc import memory_map
from soc.config import HardwareUnit, SocConfig
from soc.errors import ToolError


@dataclass(frozen=True)
class ForeignBoard:
    """A target of litex_boards, with its own clock, memory and toolchain."""

    name: str

    @property
    def title(self) -> str:
        """For reports."""
        return f"{self.name} (a target of litex_boards)"


def targets() -> list[str]:
    """Names of all targets of litex_boards."""
    import litex_boards.targets

    return sorted(module.name for module in pkgutil.iter_modules(litex_boards.targets.__path__))


def foreign_soc(name: str, units: tuple[HardwareUnit, ...]) -> Any:
    """The target's own SoC with our CPU, ROM and SRAM, and the units on its port."""
    from soc.bios import configure_bios
    from soc.soc import connect_units, cpu_netlist

    target = import_module(f"litex_boards.targets.{name}")
    soc = target.BaseSoC(
        cpu_type="vexriscv",
        cpu_variant="full",
        integrated_rom_size=memory_map.ROM_SIZE,
        integrated_sram_size=memory_map.SRAM_SIZE,
    )
    configure_bios(soc)
    soc.cpu.use_external_variant(str(cpu_netlist()))
    if connect_units(soc, SocConfig(units=units)):
        names = ", ".join(unit.name for unit in units)
        raise ToolError(
            f"{name}: units {names}: one reads main RAM by itself, which needs our SoC; "
            "use a board of soc/boards/catalogue.py, or a target without it"
        )
    return soc
