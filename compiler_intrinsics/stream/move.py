"""What a command of the memory engine means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .commands import (
    LOCAL_BITS,
    MEMORY_COMMANDS,
    OFFSET_MASK,
    WINDOW_BIT,
    Space,
    Status,
    Window,
)
from .compute import WORD_BYTES
from .refused import Refused

COUNTS = ("count0", "count1", "count2")
OPCODES = {name: command.opcode for name, command in MEMORY_COMMANDS.by_mnemonic.items()}


@dataclass
class MainRam:
    """Main RAM, and what of it a program may reach.

    Attributes:
        base: address of its first byte as the CPU has it.
        data: uint8, all of it.
        windows: the CPU's addresses that lie in each; multiples of 8 at both ends.
    """

    base: int = 0
    data: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))
    windows: dict[Window, range] = field(
        default_factory=lambda: {window: range(0) for window in Window}
    )

    def places(self, address: int, offsets: np.ndarray, write: bool = False) -> np.ndarray:
        """Where words lie in `data` that lie `offsets` bytes behind an address of a command.

        offsets: int64[...]; returns int64[..., 8], the bytes of each word. Steps stay in the window
        that the address names. Refused outside, and where main RAM ends in a window.
        """
        window = Window(address >> WINDOW_BIT)
        inside = (address + offsets) & OFFSET_MASK
        reach = self.windows[window]
        if write and window is Window.IMAGE:
            raise Refused(Status.ADDRESS)
        if (inside % WORD_BYTES).any() or inside.max() >= len(reach):
            raise Refused(Status.ADDRESS)
        places = inside + reach.start - self.base
        if places.min() < 0 or places.max() + WORD_BYTES > len(self.data):
            raise Refused(Status.ADDRESS)
        return places[..., None] + np.arange(WORD_BYTES)


def move(
    ram: MainRam,
    activations: np.ndarray,
    weights: np.ndarray,
    opcode: int,
    command: Mapping[str, int],
) -> None:
    """Carry out `load`, `store` or `fill`.

    activations, weights: uint8, the memories of the unit.

    Raises Refused, before anything is moved.
    """
    if not all(command[name] for name in COUNTS):
        raise Refused(Status.SIZE)
    if opcode == OPCODES["fill"]:
        words = activations.reshape(-1, WORD_BYTES)
        words[_places(activations, command)] = command["value"] & 0xFF
    elif opcode == OPCODES["load"]:
        _load(ram, activations, weights, command)
    else:
        _store(ram, activations, command)


def _load(
    ram: MainRam, activations: np.ndarray, weights: np.ndarray, command: Mapping[str, int]
) -> None:
    if command["space"] not in list(Space):
        raise Refused(Status.UNKNOWN)
    target = activations if command["space"] == Space.ACTIVATIONS else weights
    places = _places(target, command)
    target.reshape(-1, WORD_BYTES)[places] = ram.data[
        ram.places(command["address"], _offsets(command))
    ].reshape(-1, WORD_BYTES)


def _store(ram: MainRam, activations: np.ndarray, command: Mapping[str, int]) -> None:
    tail = command["tail"]
    if not 1 <= tail <= WORD_BYTES:
        raise Refused(Status.SIZE)
    places = ram.places(command["address"], _offsets(command), write=True)
    places = places.reshape(-1, WORD_BYTES)
    words = activations.reshape(-1, WORD_BYTES)[_places(activations, command)]
    last = np.arange(len(words)) % command["count0"] == command["count0"] - 1
    kept = ~last[:, None] | (np.arange(WORD_BYTES) < tail)
    ram.data[places[kept]] = words[kept]


def _nest(command: Mapping[str, int], steps: tuple[int, int, int]) -> np.ndarray:
    """Offsets of all words, planes outermost: int64[count2, count1, count0]."""
    return (
        steps[2] * np.arange(command["count2"])[:, None, None]
        + steps[1] * np.arange(command["count1"])[:, None]
        + steps[0] * np.arange(command["count0"])
    )


def _offsets(command: Mapping[str, int]) -> np.ndarray:
    """Offsets of all words in main RAM from the command's address, in bytes."""
    return _nest(command, (WORD_BYTES, command["step1"], command["step2"]))


def _places(memory: np.ndarray, command: Mapping[str, int]) -> np.ndarray:
    """Words of the unit's memory, in the same order, flat."""
    offsets = _nest(command, (command["local0"], command["local1"], command["local2"]))
    places = (command["local"] + offsets) % (1 << LOCAL_BITS)
    if places.max() >= len(memory) // WORD_BYTES:
        raise Refused(Status.LOCAL)
    return places.reshape(-1)
