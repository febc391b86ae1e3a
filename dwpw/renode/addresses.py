"""Where the SoC's registers lie, from the C headers that LiteX has generated for its firmware."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dwpw.errors import UserError

CSR_BASE = re.compile(r"^#define CSR_BASE (0x[0-9a-f]+)L$", re.MULTILINE)
REGISTER = re.compile(r"^#define CSR_(\w+) \(CSR_BASE \+ (0x[0-9a-f]+)L\)$", re.MULTILINE)
INTERRUPT = re.compile(r"^#define (\w+)_INTERRUPT (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Addresses:
    """What `generated/csr.h` and `soc.h` say.

    csr: CPU addresses by name, such as UART_BASE and UART_TXEMPTY_ADDR.
    interrupts: number of the CPU's interrupt by the peripheral's name, such as UART.
    """

    csr: dict[str, int]
    interrupts: dict[str, int]

    def base(self, peripheral: str) -> int:
        """The first address of a peripheral."""
        return self._of(f"{peripheral}_BASE")

    def offset(self, peripheral: str, register: str) -> int:
        """Bytes from there to a register."""
        return self._of(f"{peripheral}_{register}_ADDR") - self.base(peripheral)

    def _of(self, name: str) -> int:
        if name not in self.csr:
            raise UserError(f"csr.h: has no CSR_{name}: build the SoC again (dwpw build)")
        return self.csr[name]


def read_addresses(headers: Path) -> Addresses:
    """headers: the include folder of a SoC (`soc.headers`)."""
    csr = (headers / "generated" / "csr.h").read_text()
    soc = (headers / "generated" / "soc.h").read_text()
    base = int(CSR_BASE.search(csr)[1], 16)
    return Addresses(
        csr={name: base + int(offset, 16) for name, offset in REGISTER.findall(csr)},
        interrupts={name: int(number) for name, number in INTERRUPT.findall(soc)},
    )
