"""Builds simulators (through the project's cache) and runs small bare-metal programs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from compiler_intrinsics import header
from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.stream import geometry as stream_geometry
from compiler_intrinsics.stream import spec as stream_spec
from dwpw.image.format import ErrorCode
from soc import memory_map
from soc.config import MEMORIES, SocConfig
from soc.sim.simulate import Command, Progress, Trace, read_dump, run
from soc.sim.simulator import Simulator, build_simulator
from soc.toolchain import link_raw
from tests.support.targets import UNITS

PROGRAMS = Path(__file__).parent / "programs"

MAX_CYCLES = 2_000_000
"""Ten times what the longest program takes."""


@dataclass(frozen=True)
class Outcome:
    """What a program left behind: exit code, UART lines, cycles, dumped ranges, and what the
    engines of units did."""

    code: int
    lines: list[str]
    cycles: int
    dumps: list[bytes]
    commands: list[Command]


@dataclass(frozen=True)
class Bench:
    """Runs programs of `tests/soc/programs` on one simulator."""

    simulator: Simulator
    repository: Path
    folder: Path

    def run(
        self,
        program: str,
        loads: Iterable[tuple[int, bytes]] = (),
        max_cycles: int = MAX_CYCLES,
        trace: Trace | None = None,
        with_dump: bool = True,
    ) -> Outcome:
        """Compile `programs/PROGRAM.c`, run it, and collect everything it says."""
        lines: list[str] = []
        reports: list[Progress] = []
        commands: list[Command] = []
        dump = self.folder / f"{program}.dump" if with_dump else None
        firmware = (memory_map.FIRMWARE_BASE, self.compile(program))
        code = run(
            self.simulator,
            [firmware, *loads],
            max_cycles,
            lines.append,
            reports.append,
            trace=trace,
            dump=dump,
            on_command=commands.append,
        )
        assert reports[-1].ended
        dumps = list(read_dump(dump)) if dump else []
        return Outcome(code, lines, reports[-1].cycles, dumps, commands)

    def compile(self, program: str) -> bytes:
        """Raw bytes of `programs/PROGRAM.c` for FIRMWARE_BASE."""
        platform = self.repository / "firmware" / "platform"
        (self.folder / "dwpw_intrinsics.h").write_text(header.generate(INSTRUCTION_SET, Geometry()))
        stream_header = header.generate(stream_spec.INSTRUCTION_SET, stream_geometry.Geometry())
        (self.folder / "dwpw_stream_intrinsics.h").write_text(stream_header)
        output = self.folder / f"{program}.bin"
        link_raw(
            [*sorted(platform.glob("*.[cS]")), PROGRAMS / f"{program}.c"],
            [platform, self.simulator.headers, self.folder],
            memory_map.firmware_linker_script(),
            output,
            ["-Wall", "-Wextra", f"-DDWPW_ERROR_TRAP={int(ErrorCode.TRAP)}"],
        )
        return output.read_bytes()


@pytest.fixture(scope="session")
def build_root(repository: Path) -> Path:
    """The project's own cache: what `make compare` has built is not built again."""
    return repository / "build"


@pytest.fixture
def make_bench(
    repository: Path, build_root: Path, tmp_path: Path
) -> Callable[[SocConfig, bool], Bench]:
    """Bench for a configuration, traced or not."""

    def make(config: SocConfig, traced: bool = False) -> Bench:
        return Bench(build_simulator(config, build_root, traced=traced), repository, tmp_path)

    return make


@pytest.fixture(params=MEMORIES)
def bench(request: pytest.FixtureRequest, make_bench: Callable[..., Bench]) -> Bench:
    """The SoC with each kind of main RAM."""
    return make_bench(SocConfig(memory=request.param, units=UNITS))


@pytest.fixture
def sdram_bench(make_bench: Callable[..., Bench]) -> Bench:
    """The SoC that headline numbers are taken on."""
    return make_bench(SocConfig(units=UNITS))
