"""nextpnr's report: resources under our names, clocks with wanted and reached MHz, path ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from soc.fpga.report import Usage, overflow, read_report


def path(clock: str, start: str, end: str, delay: float) -> dict:
    """A critical path as nextpnr writes it, of one step."""
    step = {"delay": delay, "from": {"cell": start, "port": "Q"}, "to": {"cell": end, "port": "M"}}
    return {"from": f"posedge {clock}", "to": f"posedge {clock}", "path": [step]}


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    """Two clocks, the second of which is missed; a path that leaves the clock is no path of it."""
    file = tmp_path / "report.json"
    file.write_text(
        json.dumps(
            {
                "utilization": {
                    "TRELLIS_COMB": {"used": 10, "available": 100},
                    "DP16KD": {"used": 1, "available": 2},
                    "OSCG": {"used": 1, "available": 1},
                },
                "fmax": {
                    "$glbnet$clk25": {"achieved": 100.0, "constraint": 25.0},
                    "$glbnet$sys": {"achieved": 45.0, "constraint": 50.0},
                },
                "critical_paths": [
                    path("$glbnet$sys", "tag_TRELLIS_FF_Q_3", "hit_TRELLIS_FF_Q", 22.0),
                    path("$glbnet$clk25", "count_TRELLIS_FF_Q", "done_TRELLIS_FF_Q", 10.0),
                    path("$glbnet$sys", "a_TRELLIS_FF_Q", "out", 30.0) | {"to": "<async>"},
                ],
            }
        )
    )
    return file


def test_resources_have_our_names(report_file: Path) -> None:
    assert read_report(report_file).resources == {"lut": Usage(10, 100), "bram": Usage(1, 2)}


def test_tightest_clock_comes_first_with_the_ends_of_its_longest_path(report_file: Path) -> None:
    clock = read_report(report_file).clocks[0]
    assert (clock.name, clock.reached, clock.wanted) == ("sys", 45.0, 50.0)
    assert (clock.start, clock.end) == ("tag", "hit")


def test_one_missed_clock_is_a_miss(report_file: Path) -> None:
    report = read_report(report_file)
    assert [clock.met for clock in report.clocks] == [False, True]
    assert not report.met


def test_clock_is_found_by_its_frequency(report_file: Path) -> None:
    assert read_report(report_file).clock(24.0).name == "clk25"
    assert read_report(report_file).clock(51.0).name == "sys"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "Info: \t        TRELLIS_COMB:   30000/  24288   123%",
            "it needs 30000 LUT (TRELLIS_COMB), and there are 24288",
        ),
        ("Info: \t EHXPLLL:       3/      2   150%", "it needs 3 EHXPLLL, and there are 2"),
        ("Info: \t DP16KD:      56/     56   100%", None),
    ],
)
def test_overflow_names_the_resource(line: str, text: str | None) -> None:
    assert overflow(f"Info: Device utilisation:\n{line}\n") == text


def test_on_gowin_carries_and_memories_take_luts_and_narrow_multipliers_half(
    report_file: Path,
) -> None:
    data = json.loads(report_file.read_text())
    counts = {"LUT4": (100, 20736), "ALU": (10, 15552), "RAM16SDP4": (2, 648)}
    counts |= {"MULT18X18": (8, 48), "MULT9X9": (15, 96)}
    data["utilization"] = {
        cell: {"used": used, "available": available} for cell, (used, available) in counts.items()
    }
    report_file.write_text(json.dumps(data))
    assert read_report(report_file).resources == {"lut": Usage(118, 20736), "dsp": Usage(16, 48)}


def test_of_two_clocks_of_one_frequency_the_tighter_is_meant(report_file: Path) -> None:
    data = json.loads(report_file.read_text())
    data["fmax"]["oscillator"] = {"achieved": 300.0, "constraint": 50.0}
    report_file.write_text(json.dumps(data))
    assert read_report(report_file).clock(50.0).name == "sys"
