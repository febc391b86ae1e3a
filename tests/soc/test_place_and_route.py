"""Real bitstreams, by the tools from PyPI.

What every test run builds is a design of a few cells, on the smallest chip of each of the two
families: that synthesis, placing, routing and packing work, and that their reports are read right.
The SoC itself is built by `make test-full`, for most boards with one target and one seed, minutes
of nextpnr each, and so is the extension alone (`tests/soc/fpga`). docs/boards.md has all of them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dwpw.target.registry import TARGETS
from soc.boards.bitstreams import BoardBuild, BoardProject, build_board, write_project
from soc.boards.catalogue import BY_NAME
from soc.fpga.report import NAMES
from soc.fpga.tools import tool_path
from soc.libc import STAMP
from soc.toolchain import run_litex
from tests.support.targets import UNITS

MULTIPLIERS = 16
"""Of the extension's MAC array alone (on Gowin two share a DSP); without it the SoC has fewer."""


TINY_MULTIPLIERS = 1
"""Of the design of `tiny_project`: 18 by 18 bits."""


def tiny_project(name: str, folder: Path, build_root: Path) -> BoardProject:
    """The project of a design of a few cells."""
    folder.mkdir()
    environment = tool_path(build_root) | STAMP
    run_litex("tests.soc.tiny_project", name, str(folder), folder=folder, env=environment)
    return BoardProject(folder, **json.loads((folder / "project.json").read_text()))


def built(name: str, target: str, build_root: Path) -> BoardBuild:
    """The board's bitstream. Seeds differ by some 10 %, and clocks leave room for that
    (docs/boards.md has several of each): one says that a board still fits, for a third of the time.
    """
    units = tuple(unit.hardware for unit in TARGETS[target].units)
    project = write_project(BY_NAME[name], units, build_root)
    return build_board(BY_NAME[name], project, units, 1, build_root)


def check(build: BoardBuild, multipliers: int = MULTIPLIERS) -> None:
    """Every seed has a packed bitstream for the chip, fits, and meets its clocks."""
    for route in build.routes:
        report = route.report
        assert route.bitstream.stat().st_size > 100_000
        assert set(report.resources) == set(NAMES)
        assert all(0 < usage.used <= usage.available for usage in report.resources.values())
        assert report.resources["dsp"].used >= multipliers
        clock = report.clock(build.project.clock_hz / 1e6)
        assert abs(clock.wanted * 1e6 - build.project.clock_hz) < 0.01 * build.project.clock_hz
        assert report.met, clock
        assert clock.start
        assert clock.end


GOWIN_ID = 0x81B
"""Of the GW2AR-18C; a bitstream of this family is text, each bit a digit."""


@pytest.mark.parametrize(
    ("name", "chip"),
    [("colorlight_i5", b"LFE5U-25F"), ("tang_nano_20k", f"{GOWIN_ID:032b}".encode())],
)
def test_a_small_design_is_packed_for_the_chip_and_meets_its_clock(
    name: str, chip: bytes, build_root: Path, tmp_path: Path
) -> None:
    project = tiny_project(name, tmp_path / "project", build_root)
    build = build_board(BY_NAME[name], project, (), 1, build_root)
    check(build, TINY_MULTIPLIERS)
    assert chip in build.routes[0].bitstream.read_bytes()[:400]


def test_a_board_s_project_holds_the_extension_a_bios_and_headers(build_root: Path) -> None:
    project = write_project(BY_NAME["colorlight_i5"], UNITS, build_root)
    verilog = (project.gateware / "top.v").read_text()
    assert "VexRiscv" in verilog
    assert "extension" in verilog
    assert (project.folder / "software" / "bios" / "bios.bin").stat().st_size > 10_000
    assert (project.headers / "generated" / "csr.h").exists()


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("ecpix5", "simd-16"),
        ("colorlight_i5", "stream-16"),
        ("orangecrab", "simd-16"),
        ("tang_nano_20k", "simd-16"),
    ],
)
def test_the_soc_fits_a_board_and_meets_its_clock(name: str, target: str, build_root: Path) -> None:
    check(built(name, target, build_root))
