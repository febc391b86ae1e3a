"""What can be chosen about the SoC; LiteX is not imported here, so that reading it is free."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from soc.memory_map import MAIN_RAM_SIZE

MEMORIES = ("sdram", "ideal")

MEGABYTE = 1 << 20
MAIN_RAM_SIZES = tuple(MAIN_RAM_SIZE << doubled for doubled in range(4))
"""Bytes of main RAM that a simulated SoC may have, the usual size first.  All are powers of two: a
chip has 2**n rows, and the L2 numbers lines by the bits of an address.  The last one, 256 MB, lies
between MAIN_RAM_BASE and what the CPU does not cache with room to spare; no span of an image may
be larger."""

DEFAULT_BAUD = 115_200
"""Bits per second that every adapter manages, and that LiteX's own targets use."""


@dataclass(frozen=True)
class HardwareUnit:
    """A custom-function unit as gateware sees it: plain text, because projects of boards are
    written by processes of their own.

    name             for reports
    hardware         "module:callable": a Migen module with a `rtl_ext.unit_port.UNIT_PORT`, made
                     from the geometry
    instruction_set  "module:variable": its `InstructionSet`
    sizes            fields of the instruction set's geometry, by name
    counters         what can be counted of it, each a name and what it is in words; the module has
                     `events`, a signal for each of these names, high in the cycles that count
    engines          what carries out commands by itself, each in the order in which they start; the
                     module has `engines`, for each of these names a record with `start` and `done`,
                     high for a cycle when a command starts and when it is over
    """

    name: str
    hardware: str
    instruction_set: str
    sizes: tuple[tuple[str, int], ...] = ()
    counters: tuple[tuple[str, str], ...] = ()
    engines: tuple[str, ...] = ()

    @property
    def instructions(self) -> Any:
        """The `compiler_intrinsics.instruction_set.InstructionSet`."""
        return _imported(self.instruction_set)

    @property
    def geometry(self) -> Any:
        """The sizes, as the instruction set's own class."""
        return self.instructions.geometry(**dict(self.sizes))

    def make(self) -> Any:
        """A fresh Migen module."""
        return _imported(self.hardware)(self.geometry)

    @property
    def source(self) -> Path:
        """The Python file that `hardware` lies in; its folder belongs to the unit."""
        return _source(self.hardware)


@dataclass(frozen=True)
class SocConfig:
    """One SoC.

    memory        "sdram" (LiteDRAM, 16-bit SDR, behind the L2) or "ideal" (single-cycle RAM)
    main_ram      bytes, one of MAIN_RAM_SIZES; a board has its own, of which no more is used
    sys_clk_freq  Hz; nominal, it sets SDRAM timing and what the firmware reports
    l2_size       bytes; used with "sdram" only
    units         custom-function units; none for a port that never answers
    counters      build in the performance counters of soc.counters
    top           "module:callable": ties the units' modules to the CPU's custom-function port
    """

    memory: str = "sdram"
    sys_clk_freq: int = 60_000_000
    l2_size: int = 8192
    units: tuple[HardwareUnit, ...] = ()
    counters: bool = False
    top: str = "rtl_ext.top:Extension"
    main_ram: int = MAIN_RAM_SIZE

    def __post_init__(self) -> None:
        if self.memory not in MEMORIES:
            raise ValueError(f"memory is {self.memory!r}, but must be one of {', '.join(MEMORIES)}")
        if self.main_ram not in MAIN_RAM_SIZES:
            sizes = ", ".join(map(str, MAIN_RAM_SIZES))
            raise ValueError(f"main_ram is {self.main_ram!r}, but must be one of {sizes}")

    def fingerprint(self) -> str:
        """Text that differs whenever two configurations build different gateware."""
        return f"{self!r} {sources_digest(self.units, _source(self.top))}"

    def make_extension(self) -> Any:
        """A fresh Migen module with `bus`, the CFU bus; None without units."""
        return _imported(self.top)([unit.make() for unit in self.units]) if self.units else None


def engine_names(units: Iterable[HardwareUnit]) -> tuple[str, ...]:
    """The engines of all units, by number; names are UNIT_NAME."""
    return tuple(f"{unit.name}_{name}" for unit in units for name in unit.engines)


def sources_digest(units: Iterable[HardwareUnit], *more: Path) -> str:
    """Hash of the units' own files, and `more`; a unit may lie outside our source folders."""
    folders = {source.parent for source in (*more, *(unit.source for unit in units))}
    files = sorted({file for folder in folders for file in folder.glob("*.py")})
    contents = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256("".join(contents).encode()).hexdigest()


def units_to_json(units: Iterable[HardwareUnit]) -> str:
    """Units as text, for another process."""
    return json.dumps([asdict(unit) for unit in units])


def units_from_json(text: str) -> tuple[HardwareUnit, ...]:
    """What `units_to_json` was given."""
    return tuple(
        HardwareUnit(
            **unit
            | {name: tuple(map(tuple, unit[name])) for name in ("sizes", "counters")}
            | {"engines": tuple(unit["engines"])}
        )
        for unit in json.loads(text)
    )


def _source(text: str) -> Path:
    """The Python file that "module:name" names."""
    return Path(find_spec(text.partition(":")[0]).origin)


def _imported(text: str) -> Any:
    """The object that "module:name" names."""
    module, _, name = text.partition(":")
    return getattr(import_module(module), name)
