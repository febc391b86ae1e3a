"""Commands in their order to bytes: two lists, then the constants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compiler_intrinsics.command_set import WORD_BYTES
from compiler_intrinsics.stream.commands import (
    COMPUTE_COMMANDS,
    MEMORY_COMMANDS,
    Window,
    main_ram,
)
from compiler_intrinsics.stream.geometry import Geometry
from dwpw.kernels.packing import Relocation
from dwpw.rounding import round_up
from dwpw.stream.entries import constants
from dwpw.stream.jobs import Compute, Move
from dwpw.stream.operators import UnitOperator
from dwpw.stream.stamps import Stamp
from dwpw.stream.weights import Tile

ALIGNMENT = 32
"""Bytes, of lists and tiles of weights in a program."""

ADDRESS_OFFSET = 8
"""Bytes from a command of the memory engine to its field `address`."""


def assemble(
    geometry: Geometry,
    operators: Sequence[UnitOperator],
    order: Sequence[int | Stamp],
    moves: Sequence[Move],
    computes: Sequence[Compute],
    tiles: Sequence[Tile],
    stamps: int,
) -> tuple[np.ndarray, int, int, tuple[Relocation, ...]]:
    """The program's bytes, where its two lists begin, and its relocations.

    order: numbers of moves, and stamps, which are stored from byte `stamps` of the scratch memory.
    """
    memory_bytes = round_up((len(order) + 1) * MEMORY_COMMANDS.bytes, ALIGNMENT)
    compute_bytes = round_up((len(computes) + 1) * COMPUTE_COMMANDS.bytes, ALIGNMENT)
    contents, starts = _constants(geometry, operators, tiles, memory_bytes + compute_bytes)
    memory, relocations = _memory_list(order, moves, starts, stamps)
    program = (
        memory.ljust(memory_bytes, b"\0")
        + _compute_list(order, computes).ljust(compute_bytes, b"\0")
        + contents
    )
    return np.frombuffer(program, np.uint8), 0, memory_bytes, relocations


def _memory_list(
    order: Sequence[int | Stamp], moves: Sequence[Move], starts: Sequence[int], stamps: int
) -> tuple[bytes, tuple[Relocation, ...]]:
    """starts: where each tile of weights begins in the program."""
    memory, relocations = bytearray(), []

    def relocate(operator: int, tensor: str) -> None:
        relocations.append(Relocation(len(memory) + ADDRESS_OFFSET, operator, tensor))

    for one in order:
        if isinstance(one, Stamp):
            address = main_ram(Window.ARENA, stamps + one.part * WORD_BYTES)
            relocate(0, "scratch")
            memory += MEMORY_COMMANDS.encode("stamp", address=address, after=one.after)
            continue
        move = moves[one]
        fields = {**move.fields, "after": move.after + 1}
        if move.tensor is not None:
            fields["address"] = main_ram(Window.ARENA, fields["address"])
            relocate(move.tensor.operator, move.tensor.tensor)
        elif move.tile >= 0:
            fields["address"] = main_ram(Window.IMAGE, starts[move.tile])
        memory += MEMORY_COMMANDS.encode(move.mnemonic, **fields)
    memory += MEMORY_COMMANDS.encode("end", after=0)
    return bytes(memory), tuple(relocations)


def _compute_list(order: Sequence[int | Stamp], computes: Sequence[Compute]) -> bytes:
    place_in_list = {one: place for place, one in enumerate(order) if not isinstance(one, Stamp)}
    compute = bytearray()
    for job in computes:
        after = max((place_in_list[need] + 1 for need in job.needs), default=0)
        compute += COMPUTE_COMMANDS.encode(job.mnemonic, **job.fields, after=after)
    return bytes(compute) + COMPUTE_COMMANDS.encode("end", after=0)


def _constants(
    geometry: Geometry, operators: Sequence[UnitOperator], tiles: Sequence[Tile], start: int
) -> tuple[bytes, list[int]]:
    """The constants of all tiles, each once, and where each tile's begin."""
    contents = bytearray()
    known: dict[tuple[int, int, int], int] = {}
    starts = []
    made_for, made = -1, np.zeros(0, np.uint8)
    for tile in tiles:
        key = (tile.operator, tile.groups.start, tile.groups.stop)
        if key not in known:
            contents += bytes(-len(contents) % ALIGNMENT)
            known[key] = start + len(contents)
            if tile.operator != made_for:
                made_for = tile.operator
                made = constants(geometry, operators[made_for])
            contents += made[tile.groups.start : tile.groups.stop].tobytes()
        starts.append(known[key])
    contents += bytes(-len(contents) % ALIGNMENT)
    return bytes(contents), starts
