"""What a command of the compute engine means."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .commands import BYTE_ADDRESS_BITS, COMPUTE_COMMANDS, LOCAL_BITS, Status
from .geometry import ACCUMULATOR_BYTES, GROUPS, MOST_LEFT, Geometry
from .refused import Refused

WORD_BYTES = 8
DOT = COMPUTE_COMMANDS.by_mnemonic["dot"].opcode
COUNTS = ("groups", "rows", "columns", "taps0", "taps1", "taps2")


def compute(
    geometry: Geometry,
    activations: np.ndarray,
    weights: np.ndarray,
    opcode: int,
    command: Mapping[str, int],
) -> None:
    """Carry out `dot` or `depthwise`.

    activations  uint8[activation_words * 8], read and written; a command must not write what it
                 reads
    weights      uint8[weight_entries * entry_bytes]

    Raises Refused for a count of 0 and for an address behind the end of a memory.
    """
    if not all(command[name] for name in COUNTS):
        raise Refused(Status.SIZE)
    for group in range(command["groups"]):
        first = command["weights"] + group * command["weights_group"]
        bias, multiplier, shift = parameters(geometry, weights, first)
        total = _accumulate(geometry, activations, weights, opcode, command, group)
        results = requantise(total + bias, multiplier, shift) + command["zero_point"]
        # As the hardware has it: first up to the least, then down to the greatest.
        results = np.minimum(np.maximum(results, command["act_min"]), command["act_max"])
        places = _outputs(geometry, command, group)
        activations.reshape(-1, WORD_BYTES)[places] = results.astype(np.int8).view(np.uint8)


def _entries(geometry: Geometry, weights: np.ndarray, first: int, count: int) -> np.ndarray:
    """`count` entries of the weight memory from `first` on: uint8[count, entry_bytes]."""
    places = (first + np.arange(count)) % (1 << LOCAL_BITS)
    if places.max() >= geometry.weight_entries:
        raise Refused(Status.LOCAL)
    return weights.reshape(-1, geometry.entry_bytes)[places]


def parameters(
    geometry: Geometry, weights: np.ndarray, first: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bias, multiplier and shift of a group's channels: int64[8] each."""
    block = _entries(geometry, weights, first, geometry.parameter_entries).reshape(-1)
    words = block[: 2 * GROUPS * ACCUMULATOR_BYTES].copy().view("<i4").astype(np.int64)
    shifts = block[2 * GROUPS * ACCUMULATOR_BYTES :][:GROUPS].astype(np.int64)
    # Six bits of two's complement, of which -32 counts as -31, as in `simd`; to the left only the
    # lowest ones count.
    right = np.minimum((shifts & 63 ^ 32) - 32, 0)
    shift = np.where(right < 0, np.maximum(right, -31), shifts & MOST_LEFT)
    return words[:GROUPS], words[GROUPS:] & 0x7FFFFFFF, shift


def _accumulate(
    geometry: Geometry,
    activations: np.ndarray,
    weights: np.ndarray,
    opcode: int,
    command: Mapping[str, int],
    group: int,
) -> np.ndarray:
    """The accumulators of every result of a group: int64[rows, columns, 8], modulo 2**32."""
    steps = command["taps0"] * command["taps1"] * command["taps2"]
    first = command["weights"] + group * command["weights_group"] + geometry.parameter_entries
    entries = _entries(geometry, weights, first, steps).view(np.int8).astype(np.int64)
    entries = entries.reshape(steps, GROUPS, geometry.taps) - command["weight_zero_point"]
    at = (
        command["input"]
        + WORD_BYTES * group * command["input_group"]
        + WORD_BYTES * command["input_row"] * np.arange(command["rows"])[:, None]
        + command["input_column"] * np.arange(command["columns"])
    )
    total = np.zeros((*at.shape, GROUPS), np.int64)
    step = 0
    for tap2 in range(command["taps2"]):
        if tap2 and command["up"] & 1:
            total <<= 8
        for tap1 in range(command["taps1"]):
            row = at + WORD_BYTES * (tap2 * command["input2"] + tap1 * command["input1"])
            for tap0 in range(command["taps0"]):
                total += _step(geometry, activations, opcode, row, tap0, entries[step])
                step += 1
        total &= 0xFFFFFFFF  # what follows is right modulo 2**32
    return total


def _step(
    geometry: Geometry,
    activations: np.ndarray,
    opcode: int,
    row: np.ndarray,
    tap0: int,
    entry: np.ndarray,
) -> np.ndarray:
    """What one step adds: int64[rows, columns, 8]."""
    if opcode == DOT:
        at = (row + tap0 * geometry.taps) % (1 << BYTE_ADDRESS_BITS)
        _inside(geometry, at // WORD_BYTES)
        places = (at[..., None] + np.arange(geometry.taps)) % len(activations)
        return activations[places].view(np.int8).astype(np.int64) @ entry.T
    at = (row // WORD_BYTES + tap0 * geometry.banks) % (1 << LOCAL_BITS)
    _inside(geometry, at)
    places = (at[..., None] + np.arange(geometry.banks)) % geometry.activation_words
    pixels = activations.reshape(-1, WORD_BYTES)[places].view(np.int8).astype(np.int64)
    return np.einsum("yxtc,ct->yxc", pixels, entry[:, : geometry.banks])


def _outputs(geometry: Geometry, command: Mapping[str, int], group: int) -> np.ndarray:
    """Where a group's results lie, in words: int64[rows, columns]."""
    at = (
        command["output"]
        + group * command["output_group"]
        + command["output_row"] * np.arange(command["rows"])[:, None]
        + np.arange(command["columns"])
    ) % (1 << LOCAL_BITS)
    _inside(geometry, at)
    return at


def _inside(geometry: Geometry, words: np.ndarray) -> None:
    if words.max() >= geometry.activation_words:
        raise Refused(Status.LOCAL)


def requantise(value: np.ndarray, multiplier: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """`arithmetic.requantise` of many values at once, taken modulo 2**32 first.

    value: int64[..., 8]; multiplier, shift: int64[8]; returns int64[..., 8].
    """
    left, right = np.maximum(shift, 0), np.maximum(-shift, 0)
    shifted = _int32(_int32(value) << left)
    high = (shifted * multiplier + (1 << 30)) >> 31
    rounded = (high + (1 << np.maximum(right - 1, 0)) - (high < 0)) >> right
    return np.where(right > 0, rounded, high)


def _int32(value: np.ndarray) -> np.ndarray:
    """The two's complement value of the low 32 bits."""
    return ((value & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000
