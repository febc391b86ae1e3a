"""What cycles were counted on, for reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from soc.config import MEGABYTE
from soc.memory_map import MAIN_RAM_SIZE


@dataclass(frozen=True)
class SocInfo:
    """What the cycles were counted on; `extension`: name and lanes of the units.

    main_ram: bytes of a simulated SoC's; None for a board.
    """

    target: str
    cpu: str
    clock_hz: int
    memory: str
    extension: Mapping[str, object]
    main_ram: int | None = None

    @property
    def memory_text(self) -> str:
        """The memory, with its size where it is not the usual one."""
        return memory_text(self.memory, self.main_ram or MAIN_RAM_SIZE)


def memory_text(memory: str, main_ram: int) -> str:
    """A memory's name, with its size where a simulated SoC usually has another."""
    usual = main_ram == MAIN_RAM_SIZE
    return memory if usual else f"{memory} of {main_ram // MEGABYTE} MB"
