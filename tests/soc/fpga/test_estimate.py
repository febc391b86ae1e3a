"""Area and speed of the extension alone, by the real tools."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compiler_intrinsics.simd.geometry import Geometry
from soc.config import HardwareUnit
from soc.errors import ToolError
from soc.fpga.estimate import estimate, measured_estimate
from tests.support.targets import UNITS


def unit(geometry: Geometry) -> HardwareUnit:
    return replace(UNITS[0], sizes=tuple(vars(geometry).items()))


def test_extension_stays_within_its_budget(build_root: Path) -> None:
    area = estimate([unit(Geometry())], 1, build_root)
    used = {name: usage.used for name, usage in area.resources.items()}
    assert used["lut"] <= 3100
    assert used["dsp"] <= 24
    assert used["bram"] <= 12
    route = area.routes[0]
    assert route.reached >= 80
    assert route.start
    assert route.end


def test_extension_that_does_not_fit_names_the_resource(build_root: Path) -> None:
    with pytest.raises(ToolError) as caught:
        estimate([unit(Geometry(store_entries=32768))], 1, build_root)
    assert str(caught.value) == (
        "the extension does not fit LFE5U-85F-6: it needs 260 block RAM (DP16KD), and there are 208"
    )


def test_what_was_measured_is_found_again_and_nothing_else_is(build_root: Path) -> None:
    area = estimate([unit(Geometry())], 1, build_root)
    found = measured_estimate([unit(Geometry())], build_root)
    assert found.resources == area.resources
    assert found.routes[0] == area.routes[0]
    assert measured_estimate([unit(Geometry(store_entries=8))], build_root) is None
