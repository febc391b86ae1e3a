"""Builds a board's SoC, with the target's units and bare for comparison; judges timing."""

from __future__ import annotations

from dataclasses import dataclass

from dwpw.machine import Progress
from dwpw.paths import BUILD_ROOT
from dwpw.target.target import Target
from soc.boards.bitstreams import BoardBuild, BoardProject, BoardRoute, build_board, write_project
from soc.boards.find import find_board
from soc.boards.script import read_script
from soc.boards.vendor import build_with_vendor_tools
from soc.fpga.report import NAMES


@dataclass(frozen=True)
class BoardResult:
    """All builds that were asked for: the SoC with the units, then without if wanted."""

    builds: tuple[BoardBuild, ...]

    @property
    def cost(self) -> dict[str, int]:
        """What the units add, by resource; empty without a baseline."""
        if len(self.builds) < 2:
            return {}
        ours, bare = (build.routes[0].report.resources for build in self.builds)
        return {name: ours[name].used - bare[name].used for name in NAMES if name in ours}

    def misses(self) -> list[tuple[BoardBuild, BoardRoute]]:
        """Routed designs that cannot run at the wanted clock."""
        return [(b, route) for b in self.builds for route in b.routes if not route.report.met]


def build_for_board(
    name: str, target: Target, seeds: int, baseline: bool, progress: Progress
) -> BoardResult | BoardProject:
    """Bitstreams for a board; for a board with vendor tools, the project that they built."""
    board = find_board(name)
    builds = []
    units = tuple(unit.hardware for unit in target.units)
    for with_units in (units, ()) if baseline else (units,):
        project = write_project(board, with_units, BUILD_ROOT, progress)
        if read_script(project.gateware).router is None:
            folder = build_with_vendor_tools(board, project, BUILD_ROOT, progress)
            return BoardProject(folder, project.clock_hz, project.device)
        builds.append(build_board(board, project, with_units, seeds, BUILD_ROOT, progress))
    return BoardResult(tuple(builds))
