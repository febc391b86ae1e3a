"""Runs generated hazard programs on simulated SoCs."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import pytest

from dwpw.image.format import ErrorCode
from soc import memory_map
from soc.config import MEMORIES, SocConfig
from soc.sim.simulate import read_dump, run
from soc.sim.simulator import Simulator, build_simulator
from soc.toolchain import link_raw
from tests.soc.hazards.contexts import DATA
from tests.soc.hazards.program import assembly
from tests.support.targets import UNITS

MAX_CYCLES = 20_000_000
"""Ten times what the longest program takes."""

KIB = 1024
FRESH_SIZE = 512 * KIB
ADDRESSES = {
    "FRESH": memory_map.IMAGE_BASE,
    "HOT": memory_map.IMAGE_BASE + FRESH_SIZE,
    "BUFFER": memory_map.IMAGE_BASE + FRESH_SIZE + 16 * KIB + 64,
    "LOG": memory_map.IMAGE_BASE + 1024 * KIB + 128,
    "INTERRUPT_LOG": memory_map.IMAGE_BASE + 4096 * KIB + 192,
}

TIMER_REGISTERS = {
    "TIMER_LOAD": "TIMER0_LOAD",
    "TIMER_EN": "TIMER0_EN",
    "TIMER_PENDING": "TIMER0_EV_PENDING",
    "TIMER_ENABLE": "TIMER0_EV_ENABLE",
}


@dataclass(frozen=True)
class Outcome:
    """The records' words, and the addresses that interrupts came at."""

    words: tuple[int, ...]
    interrupted: tuple[int, ...]


@dataclass(frozen=True)
class HazardBench:
    """Runs bodies of programs; `order` is the first word of memory (see faulty_extension.py)."""

    simulator: Simulator
    platform: Path
    folder: Path

    def run(self, body: str, order: int = 0) -> Outcome:
        dump = self.folder / "hazard.dump"
        data = struct.pack("<I", order) + struct.pack("<I", DATA) * (FRESH_SIZE // 4 + 4 * KIB)
        loads = [
            (memory_map.FIRMWARE_BASE, self._compile(body)),
            (memory_map.IMAGE_BASE, data),
        ]
        lines: list[str] = []
        code = run(self.simulator, loads, MAX_CYCLES, lines.append, dump=dump)
        assert (code, lines) == (0, [])
        log, interrupted = read_dump(dump)
        return Outcome(_words(log), _words(interrupted))

    def _compile(self, body: str) -> bytes:
        source, output = self.folder / "hazard.S", self.folder / "hazard.bin"
        source.write_text(assembly(body, ADDRESSES | self._timer()))
        link_raw(
            [*sorted(self.platform.glob("*.[cS]")), source],
            [self.platform, Path(__file__).parent, self.simulator.headers],
            memory_map.firmware_linker_script(),
            output,
            [f"-DDWPW_ERROR_TRAP={int(ErrorCode.TRAP)}", "-Wa,-mno-relax"],
        )
        return output.read_bytes()

    def _timer(self) -> dict[str, int]:
        """Addresses of the timer's registers; LiteX's header is C, not assembly."""
        text = (self.simulator.headers / "generated" / "csr.h").read_text()
        base = int(re.search(r"#define CSR_BASE (0x[0-9a-f]+)", text)[1], 16)
        return {
            name: base + int(re.search(rf"CSR_{register}_ADDR .*\+ (0x[0-9a-f]+)", text)[1], 16)
            for name, register in TIMER_REGISTERS.items()
        }


def _words(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data)


@pytest.fixture(params=MEMORIES)
def hazard_bench(
    request: pytest.FixtureRequest, repository: Path, build_root: Path, tmp_path: Path
) -> HazardBench:
    """The SoC with each kind of main RAM."""
    simulator = build_simulator(SocConfig(memory=request.param, units=UNITS), build_root)
    return HazardBench(simulator, repository / "firmware" / "platform", tmp_path)
