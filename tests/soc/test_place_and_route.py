"""Real bitstreams, by the tools from PyPI.

The Colorlight i5 has the smallest ECP5 of our boards, so it is the one that every test run builds;
what was built before is taken from the cache in build/.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from soc.boards.bitstreams import BoardBuild, build_board, write_project
from soc.boards.catalogue import BY_NAME
from soc.fpga.report import NAMES

MULTIPLIERS = 16
"""Of the extension's MAC array alone (on Gowin two share a DSP); without it the SoC has fewer."""


def built(name: str, build_root: Path, seeds: int = 1, extension: bool = True) -> BoardBuild:
    """The board's bitstreams."""
    project = write_project(BY_NAME[name], extension, build_root)
    return build_board(BY_NAME[name], project, extension, seeds, build_root)


def check(build: BoardBuild) -> None:
    """Every seed has a packed bitstream for the chip, fits, and meets its clocks."""
    for route in build.routes:
        report = route.report
        assert route.bitstream.stat().st_size > 100_000
        assert set(report.resources) == set(NAMES)
        assert all(0 < usage.used <= usage.available for usage in report.resources.values())
        assert report.resources["dsp"].used >= MULTIPLIERS
        clock = report.clock(build.project.clock_hz / 1e6)
        assert abs(clock.wanted * 1e6 - build.project.clock_hz) < 0.01 * build.project.clock_hz
        assert report.met, clock
        assert clock.start
        assert clock.end


def test_colorlight_i5_is_packed_and_meets_its_clock(build_root: Path) -> None:
    build = built("colorlight_i5", build_root)
    check(build)
    assert b"LFE5U-25F" in build.routes[0].bitstream.read_bytes()[:200]
    assert (build.project.headers / "generated" / "csr.h").exists()


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "seeds"),
    [("ulx3s", 3), ("ecpix5", 3), ("orangecrab", 1), ("tang_nano_20k", 1)],
)
def test_other_boards_meet_their_clocks_on_every_seed(
    name: str, seeds: int, build_root: Path
) -> None:
    check(built(name, build_root, seeds))
