"""Area and speed of the extension alone, on an ECP5, without a board."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count, takewhile
from pathlib import Path

from soc.cache import cached, entry_of
from soc.config import HardwareUnit
from soc.fpga import carry
from soc.fpga.devices import Device, needed_by, smallest_device
from soc.fpga.edge_registers import add_edge_registers
from soc.fpga.place import REPORT, place
from soc.fpga.report import RouteReport, Usage, read_report
from soc.fpga.tools import tool_path, tool_versions
from soc.toolchain import run

NEXTPNR_FLAGS = ("--package", "CABGA381", "--speed", "6")

NEEDED = "needed.json"
EDGE_REGISTERS = "edge_registers.json"
"""Files beside a netlist: what it needs, and how many of its registers are only at the edge."""

WANTED_MHZ = 80
"""What placement and routing strive for; what they reach may be more or less."""

WORKERS = 2
"""Runs of nextpnr side by side: each is one thread and takes some 400 MB."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Route:
    """One placement and routing with registers around every port.

    reached: MHz; start, end: of the longest path.
    """

    seed: int
    reached: float
    start: str
    end: str


@dataclass(frozen=True)
class Area:
    """What the bare extension takes, and how fast it is.

    device: the smallest ECP5 that holds it.
    resources: as nextpnr counts them (`soc.fpga.report.RESOURCES`); tools: package -> version.
    """

    device: str
    resources: dict[str, Usage]
    routes: tuple[Route, ...]
    tools: dict[str, str]


def estimate(
    units: Sequence[HardwareUnit],
    seeds: int,
    build_root: Path,
    progress: Progress = lambda _: None,
) -> Area:
    """Area and speed of the units behind one port, with seeds 1 to `seeds`."""
    tools = tool_versions("yosys", "nextpnr-ecp5")
    netlist = _netlist(units, build_root, progress)

    def route(seed: int) -> RouteReport:
        return _route(netlist, seed, build_root, progress)

    with ThreadPoolExecutor(WORKERS) as pool:
        reports = list(pool.map(route, range(1, seeds + 1)))
    return _area(netlist, reports, tools)


def measured_estimate(units: Sequence[HardwareUnit], build_root: Path) -> Area | None:
    """What `estimate` has found out before, None if it was not asked; builds nothing."""
    netlist = entry_of(build_root, "extension", _netlist_key(_verilog(units)))
    if not netlist.is_dir():
        return None
    seeds = (entry_of(build_root, "area", _route_key(netlist, seed)) for seed in count(1))
    reports = [read_report(entry / REPORT) for entry in takewhile(Path.is_dir, seeds)]
    if not reports:
        return None
    return _area(netlist, reports, tool_versions("yosys", "nextpnr-ecp5"))


def _area(netlist: Path, reports: Sequence[RouteReport], tools: dict[str, str]) -> Area:
    registers = json.loads((netlist / EDGE_REGISTERS).read_text())
    return Area(
        device=_device(netlist).name,
        resources=_without_edge(reports[0].resources, registers),
        routes=tuple(_summary(seed, report) for seed, report in enumerate(reports, 1)),
        tools=tools,
    )


def _verilog(units: Sequence[HardwareUnit]) -> str:
    from rtl_ext.top import Extension
    from rtl_ext.verilog import extension_verilog

    return extension_verilog(Extension([unit.make() for unit in units]))


def _netlist_key(verilog: str) -> dict:
    return {
        "verilog": verilog,
        "tools": tool_versions("yosys"),
        "carries": carry.sources_digest(),
        "files": [NEEDED, EDGE_REGISTERS],
    }


def _route_key(netlist: Path, seed: int) -> dict:
    flags = _route_flags(netlist, seed)
    return {"netlist": netlist.name, "flags": flags, "tools": tool_versions("nextpnr-ecp5")}


def _route_flags(netlist: Path, seed: int) -> list[str]:
    flags = (_device(netlist).flag, *NEXTPNR_FLAGS)
    return [*flags, "--freq", str(WANTED_MHZ), "--seed", str(seed)]


def _device(netlist: Path) -> Device:
    """The smallest that holds the extension, with its registers at the edge."""
    return smallest_device(json.loads((netlist / NEEDED).read_text()))


def _netlist(units: Sequence[HardwareUnit], build_root: Path, progress: Progress) -> Path:
    """Folder with `edge.json`, the netlist with its registers, and their number."""
    from rtl_ext.verilog import MODULE

    verilog = _verilog(units)

    def build(folder: Path) -> None:
        progress("synthesising the extension")
        (folder / "extension.v").write_text(verilog)
        script = f"read_verilog extension.v; synth_ecp5 -top {MODULE} -json bare.json"
        run(["yosys", "-q", "-p", script], cwd=folder, env=tool_path(build_root))
        netlist = json.loads((folder / "bare.json").read_text())
        # The library's cells are in the file as well; nextpnr knows its own.
        module = netlist["modules"][MODULE]
        carry.tidy_carries(module)
        count = add_edge_registers(module, clock="sys_clk")
        (folder / "edge.json").write_text(json.dumps(netlist | {"modules": {MODULE: module}}))
        (folder / EDGE_REGISTERS).write_text(json.dumps(count))
        (folder / NEEDED).write_text(json.dumps(needed_by(module)))

    return cached(build_root, "extension", _netlist_key(verilog), build)


def _route(netlist: Path, seed: int, build_root: Path, progress: Progress) -> RouteReport:
    def build(folder: Path) -> None:
        progress(f"placing and routing the extension, seed {seed}")
        (folder / "edge.json").write_bytes((netlist / "edge.json").read_bytes())
        command = [
            "nextpnr-ecp5",
            *_route_flags(netlist, seed),
            "--timing-allow-fail",
            "--json",
            "edge.json",
        ]
        place(
            f"the extension does not fit {_device(netlist).name}",
            command,
            folder,
            tool_path(build_root),
        )
        (folder / "edge.json").unlink()

    return read_report(cached(build_root, "area", _route_key(netlist, seed), build) / REPORT)


def _without_edge(resources: dict[str, Usage], count: int) -> dict[str, Usage]:
    ff = resources["ff"]
    return resources | {"ff": replace(ff, used=ff.used - count)}


def _summary(seed: int, report: RouteReport) -> Route:
    clock = report.clock(WANTED_MHZ)
    return Route(seed, clock.reached, clock.start, clock.end)
