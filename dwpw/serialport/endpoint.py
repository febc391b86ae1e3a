"""What is behind a serial line: a board of ours, or the simulated SoC at a pseudo-terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from dwpw.boards import BoardResult, build_for_board
from dwpw.errors import UserError
from dwpw.machine import SERIAL_PLATFORM, Headers, Program, Progress, build_firmware
from dwpw.paths import BUILD_ROOT
from dwpw.target.target import Target
from soc import memory_map
from soc.boards.bitstreams import AnyBoard, write_project
from soc.boards.entry import Board, SerialBridge
from soc.boards.find import find_board
from soc.boards.foreign import ForeignBoard
from soc.config import DEFAULT_BAUD
from soc.sim.simulator import elaborated

IMAGE_OFFSET = memory_map.IMAGE_BASE - memory_map.MAIN_RAM_BASE


@dataclass(frozen=True)
class Endpoint:
    """A SoC that takes programs over its serial line.

    name          for messages
    target        what is simulated to compare with, at its clock
    memory        its main memory, for reports
    memory_bytes  room for an image and its arena
    firmware      raw bytes for FIRMWARE_BASE
    bridge, baud  its serial port
    """

    name: str
    target: Target
    memory: str
    memory_bytes: int
    firmware: bytes
    bridge: SerialBridge | None
    baud: int


def simulated_endpoint(
    target: Target, progress: Progress, program: Program | None = None
) -> Endpoint:
    """What `dwpw sim --pty` runs.

    program: see `dwpw.machine.build_firmware`.
    """
    soc = _Headers(elaborated(target.soc_config(), BUILD_ROOT, progress) / "include")
    return Endpoint(
        name="the simulated SoC",
        target=target,
        memory=target.memory,
        memory_bytes=memory_map.IMAGE_REGION_SIZE,
        firmware=_firmware(soc, target, progress, program),
        bridge=None,
        baud=DEFAULT_BAUD,
    )


def board_endpoint(
    name: str, target: Target, progress: Progress, program: Program | None = None
) -> Endpoint:
    """A board, whether it has its bitstream or not."""
    board = find_board(name)
    project = write_project(
        board, tuple(unit.hardware for unit in target.units), BUILD_ROOT, progress
    )
    ours = isinstance(board, Board)
    return Endpoint(
        name=name,
        target=replace(target, clock_hz=project.clock_hz),
        memory=board.memory.module if ours else "the board's own",
        memory_bytes=main_ram_bytes(project.headers) - IMAGE_OFFSET,
        firmware=_firmware(project, target, progress, program),
        bridge=board.bridge if ours else None,
        baud=board.baud if ours else DEFAULT_BAUD,
    )


def _firmware(soc: Headers, target: Target, progress: Progress, program: Program | None) -> bytes:
    return build_firmware(
        soc, target, progress, platform=SERIAL_PLATFORM, program=program
    ).read_bytes()


@dataclass(frozen=True)
class _Headers:
    """All that firmware has to know of a SoC."""

    headers: Path


def main_ram_bytes(headers: Path) -> int:
    """Size of main RAM, from the headers that LiteX has written for a SoC."""
    text = (headers / "generated" / "mem.h").read_text()
    match = re.search(r"#define MAIN_RAM_SIZE (0x[0-9a-f]+)", text)
    if match is None:
        raise UserError(f"{headers}: the SoC has no main RAM that a model could run in")
    return min(int(match[1], 16), memory_map.MAIN_RAM_SIZE)


def loader_name(board: AnyBoard) -> str:
    """The board's name in openFPGALoader."""
    if isinstance(board, ForeignBoard):
        raise UserError(
            f"{board.name}: dwpw does not know how to program it; load its bitstream with the"
            " vendor's tools, then use --no-program"
        )
    return board.loader


def built_bitstream(name: str, target: Target) -> Path:
    """What `dwpw build --board` has left; nothing is built here."""

    def refuse(_step: str) -> None:
        # A build says what it is about to do before it does it, and only if something is missing.
        raise UserError(
            f"{name}: its bitstream has not been built, or its sources have changed since:"
            f" run dwpw build --board {name} --target {target.name}"
        )

    result = build_for_board(name, target, 1, False, refuse)
    if not isinstance(result, BoardResult):
        raise UserError(f"{name}: the vendor's tools have built it: {result.folder}")
    return result.builds[0].routes[0].bitstream
