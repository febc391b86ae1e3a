"""What can be chosen about the SoC; LiteX is not imported here, so that reading it is free."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from compiler_intrinsics.simd.geometry import DEFAULT, Geometry

MEMORIES = ("sdram", "ideal")

DEFAULT_BAUD = 115_200
"""Bits per second that every adapter manages, and that LiteX's own targets use."""


class ExtensionConfig(Protocol):
    """A frozen dataclass that stands for one configuration of the custom-function unit."""

    name: str

    def make(self) -> Any:
        """A fresh Migen module with `bus`, the CFU bus Record of LiteX's VexRiscv."""


@dataclass(frozen=True)
class SimdExtension:
    """The register-level instructions of `rtl_ext`.

    geometry  sizes of the extension's buffers
    """

    name: str = "simd"
    geometry: Geometry = DEFAULT

    def make(self) -> Any:
        """A fresh `rtl_ext.simd.extension.Extension`."""
        from rtl_ext.simd.extension import Extension

        return Extension(self.geometry)


@dataclass(frozen=True)
class SocConfig:
    """One SoC.

    memory        "sdram" (LiteDRAM, 16-bit SDR, behind the L2) or "ideal" (single-cycle RAM)
    sys_clk_freq  Hz; nominal, it sets SDRAM timing and what the firmware reports
    l2_size       bytes; used with "sdram" only
    extension     the custom-function unit, None for a port that never answers
    counters      build in the performance counters of soc.counters
    """

    memory: str = "sdram"
    sys_clk_freq: int = 60_000_000
    l2_size: int = 8192
    extension: ExtensionConfig | None = SimdExtension()
    counters: bool = False

    def __post_init__(self) -> None:
        if self.memory not in MEMORIES:
            raise ValueError(f"memory is {self.memory!r}, but must be one of {', '.join(MEMORIES)}")

    def fingerprint(self) -> str:
        """Text that differs whenever two configurations build different gateware."""
        if self.extension is None:
            return repr(self)
        # An extension defined outside our source folders (a test's stand-in) brings its own file.
        source = Path(inspect.getfile(type(self.extension))).read_bytes()
        return f"{self!r} {hashlib.sha256(source).hexdigest()}"
