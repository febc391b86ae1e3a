"""Area and speed of units alone, by the real tools: of a tiny one in every test run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compiler_intrinsics.simd.geometry import Geometry
from soc.config import HardwareUnit
from soc.errors import ToolError
from soc.fpga.estimate import estimate, measured_estimate
from tests.support.targets import UNITS


def tiny(store_entries: int) -> HardwareUnit:
    """`tiny_unit`: its memory has 64 bits for each of the entries."""
    sizes = tuple(vars(Geometry(store_entries=store_entries)).items())
    return replace(UNITS[0], hardware="tests.soc.fpga.tiny_unit:TinyUnit", sizes=sizes)


def test_a_unit_has_an_area_and_a_longest_path(build_root: Path) -> None:
    area = estimate([tiny(1024)], 1, build_root)
    used = {name: usage.used for name, usage in area.resources.items()}
    assert (used["dsp"], used["bram"]) == (1, 4)
    assert 0 < used["lut"] < 300
    (route,) = area.routes
    assert route.reached > 0
    assert route.start
    assert route.end


def test_a_unit_that_does_not_fit_names_the_resource(build_root: Path) -> None:
    with pytest.raises(ToolError) as caught:
        estimate([tiny(1 << 16)], 1, build_root)
    assert str(caught.value) == (
        "the extension does not fit LFE5U-85F-6: it needs 256 block RAM (DP16KD), and there are 208"
    )


def test_what_was_measured_is_found_again_and_nothing_else_is(build_root: Path) -> None:
    area = estimate([tiny(1024)], 1, build_root)
    found = measured_estimate([tiny(1024)], build_root)
    assert found.resources == area.resources
    assert found.routes[0] == area.routes[0]
    assert measured_estimate([tiny(8)], build_root) is None


@pytest.mark.full
def test_the_extension_stays_within_its_budget(build_root: Path) -> None:
    area = estimate(UNITS, 1, build_root)
    used = {name: usage.used for name, usage in area.resources.items()}
    assert used["lut"] <= 2100
    assert used["dsp"] <= 24
    assert used["bram"] <= 14
    assert area.routes[0].reached >= 80
