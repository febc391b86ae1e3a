"""What a command of the memory engine means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .commands import LOCAL_BITS, MEMORY_COMMANDS, Space, Status
from .compute import WORD_BYTES
from .refused import Refused

COUNTS = ("count0", "count1", "count2")
OPCODES = {name: command.opcode for name, command in MEMORY_COMMANDS.by_mnemonic.items()}


@dataclass
class MainRam:
    """Main RAM, and what of it a program may reach.

    Attributes:
        base: address of its first byte.
        data: uint8, all of it.
        readable, writable: addresses that may be read and written; multiples of 8 at both ends.
    """

    base: int
    data: np.ndarray
    readable: range = range(0)
    writable: range = field(default=range(0))

    def places(self, at: np.ndarray, window: range) -> np.ndarray:
        """Where words lie in `data` that lie in main RAM at `at`; Refused outside `window`."""
        if (at % WORD_BYTES).any() or at.min() < window.start or at.max() >= window.stop:
            raise Refused(Status.ADDRESS)
        return (at - self.base)[..., None] + np.arange(WORD_BYTES)


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
        ram.places(_addresses(command), ram.readable)
    ].reshape(-1, WORD_BYTES)


def _store(ram: MainRam, activations: np.ndarray, command: Mapping[str, int]) -> None:
    tail = command["tail"]
    if not 1 <= tail <= WORD_BYTES:
        raise Refused(Status.SIZE)
    places = ram.places(_addresses(command), ram.writable).reshape(-1, WORD_BYTES)
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


def _addresses(command: Mapping[str, int]) -> np.ndarray:
    """Addresses of all words in main RAM."""
    offsets = _nest(command, (WORD_BYTES, command["step1"], command["step2"]))
    return (command["address"] + offsets) % (1 << 32)


def _places(memory: np.ndarray, command: Mapping[str, int]) -> np.ndarray:
    """Words of the unit's memory, in the same order, flat."""
    offsets = _nest(command, (command["local0"], command["local1"], command["local2"]))
    places = (command["local"] + offsets) % (1 << LOCAL_BITS)
    if places.max() >= len(memory) // WORD_BYTES:
        raise Refused(Status.LOCAL)
    return places.reshape(-1)
