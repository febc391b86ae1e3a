"""Board -> bitstream, through the build cache: project, netlist, one routed design per seed.

The programs of the project's script are run one by one here, because one netlist serves all seeds
and because LiteX lets nextpnr succeed when timing fails.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from soc.boards.entry import Board
from soc.boards.foreign import ForeignBoard
from soc.boards.project import NAME
from soc.boards.script import ECP5_ROUTER, PACKERS, BuildScript, read_script
from soc.cache import cached, hash_files
from soc.config import HardwareUnit, sources_digest, units_to_json
from soc.fpga import carry
from soc.fpga.place import REPORT, place
from soc.fpga.report import RouteReport, read_report
from soc.fpga.slots import require_places
from soc.fpga.tools import tool_path, tool_versions
from soc.libc import STAMP, compiled_libc
from soc.paths import REPOSITORY
from soc.plain_path import plain
from soc.sim.simulator import GATEWARE_FOLDERS, GATEWARE_PACKAGES
from soc.toolchain import RISCV_GCC, package_versions, program_version, run, run_litex

PACKAGES = (
    *GATEWARE_PACKAGES,
    *("litex-boards", "liteeth"),
    *("pythondata-software-picolibc", "pythondata-software-compiler-rt"),
)

BITSTREAMS = (f"{NAME}.bit", f"{NAME}.fs")

WORKERS = 2
"""Seeds side by side: nextpnr is one thread, and the largest chip takes it 1 GB."""

Progress = Callable[[str], None]
AnyBoard = Board | ForeignBoard


@dataclass(frozen=True)
class BoardProject:
    """A written project.

    folder     see soc.boards.project
    clock_hz   system clock
    device     the FPGA, as its toolchain names it
    """

    folder: Path
    clock_hz: int
    device: str

    @property
    def gateware(self) -> Path:
        """Verilog, constraints and scripts."""
        return self.folder / "gateware"

    @property
    def headers(self) -> Path:
        """C include folder that describes the SoC to firmware."""
        return self.folder / "include"


@dataclass(frozen=True)
class BoardRoute:
    """One seed's bitstream and what nextpnr says about it."""

    seed: int
    bitstream: Path
    report: RouteReport


@dataclass(frozen=True)
class BoardBuild:
    """A board's SoC, built with seeds 1, 2, ...; tools: package -> version."""

    board: AnyBoard
    units: tuple[HardwareUnit, ...]
    project: BoardProject
    routes: tuple[BoardRoute, ...]
    tools: dict[str, str]


def write_project(
    board: AnyBoard,
    units: tuple[HardwareUnit, ...],
    build_root: Path,
    progress: Progress = lambda _: None,
) -> BoardProject:
    """The board's project with its BIOS (`soc.boards.project`)."""
    sources = [p for folder in GATEWARE_FOLDERS for p in (REPOSITORY / folder).rglob("*.py")]
    key = {
        "board": board.name,
        "units": [units_to_json(units), sources_digest(units)],
        "sources": hash_files(sources, REPOSITORY),
        "packages": package_versions(*PACKAGES),
        "compiler": program_version(RISCV_GCC),
    }

    def build(folder: Path) -> None:
        progress(f"{board.name}: writing the SoC and compiling its BIOS")
        libc = compiled_libc(build_root, progress)
        arguments = (board.name, str(folder), units_to_json(units), str(plain(libc)))
        environment = tool_path(build_root) | STAMP
        run_litex("soc.boards.project", *arguments, folder=folder, env=environment)

    folder = cached(build_root, "board", key, build)
    return BoardProject(folder, **json.loads((folder / "project.json").read_text()))


def build_board(
    board: AnyBoard,
    project: BoardProject,
    units: tuple[HardwareUnit, ...],
    seeds: int,
    build_root: Path,
    progress: Progress = lambda _: None,
) -> BoardBuild:
    """Bitstreams of a project for our tools; the caller judges their timing."""
    script = read_script(project.gateware)
    netlist = _netlist(board, project, script, build_root, progress)

    def route(seed: int) -> BoardRoute:
        return _route(board, project, netlist, script, seed, build_root, progress)

    with ThreadPoolExecutor(WORKERS) as pool:
        routes = tuple(pool.map(route, range(1, seeds + 1)))
    tools = tool_versions("yosys", script.router, PACKERS[script.router])
    return BoardBuild(board, units, project, routes, tools)


def _netlist(
    board: AnyBoard,
    project: BoardProject,
    script: BuildScript,
    build_root: Path,
    progress: Progress,
) -> Path:
    """Folder with the netlist and the constraints."""
    arguments = script.commands["yosys"]
    files = [path for path in project.gateware.iterdir() if path.is_file()]
    key = {
        "files": hash_files(files, project.gateware),
        "arguments": arguments,
        "tools": tool_versions("yosys"),
    }
    tidy = script.router == ECP5_ROUTER
    if tidy:
        key["carries"] = carry.sources_digest()

    def build(folder: Path) -> None:
        progress(f"{board.name}: synthesising (about a minute)")
        for path in files:
            shutil.copy(path, folder)
        run(["yosys", "-q", *arguments], cwd=folder, env=tool_path(build_root))
        if tidy:
            carry.tidy_file(folder / f"{NAME}.json")

    return cached(build_root, "netlist", key, build)


def _route(
    board: AnyBoard,
    project: BoardProject,
    netlist: Path,
    script: BuildScript,
    seed: int,
    build_root: Path,
    progress: Progress,
) -> BoardRoute:
    """Place, route and pack with one seed."""
    router, packer = script.router, PACKERS[script.router]
    placing = [router, *_placing(script.commands[router], seed, project.clock_hz)]
    packing = [packer, *script.commands[packer]]
    tools = tool_versions(router, packer)
    key = {"netlist": netlist.name, "place": placing, "pack": packing, "tools": tools}

    def build(folder: Path) -> None:
        progress(f"{board.name}: placing and routing, seed {seed} (a minute or two)")
        inputs = [netlist / f"{NAME}.{ending}" for ending in ("json", "lpf", "cst")]
        copies = [shutil.copy(path, folder) for path in inputs if path.exists()]
        subject = f"the SoC does not fit {board.title}"
        require_places(subject, placing, folder / f"{NAME}.json")
        place(subject, placing, folder, tool_path(build_root))
        run(packing, cwd=folder, env=tool_path(build_root))
        for copy in copies:
            Path(copy).unlink()

    folder = cached(build_root, "route", key, build)
    bitstream = next(folder / name for name in BITSTREAMS if (folder / name).exists())
    return BoardRoute(seed, bitstream, read_report(folder / REPORT))


def _placing(arguments: list[str], seed: int, clock_hz: int) -> list[str]:
    """LiteX's arguments of nextpnr with our seed."""
    kept = list(arguments)
    for option in ("--seed", "--report", "--freq"):
        if option in kept:
            at = kept.index(option)
            del kept[at : at + 2]
    # Clocks that the constraints do not name are held to the system's frequency.
    return [*kept, "--seed", str(seed), "--freq", f"{clock_hz / 1e6:g}"]
