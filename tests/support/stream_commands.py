"""Random commands of the compute engine that stay inside its memories."""

from __future__ import annotations

from random import Random

import numpy as np

from compiler_intrinsics.stream.commands import BYTE_ADDRESS_BITS, COMPUTE_COMMANDS, LOCAL_BITS
from compiler_intrinsics.stream.compute import WORD_BYTES, compute
from compiler_intrinsics.stream.geometry import GROUPS, Geometry
from compiler_intrinsics.stream.refused import Refused
from tests.support.stream_programs import parameter_block

MOST_STEPS = 1500
COUNTS = {"groups": 3, "rows": 4, "columns": 7, "taps0": 4, "taps1": 4, "taps2": 3}
"""The most of each, now and then."""


def random_weights(geometry: Geometry, rng: np.random.Generator) -> np.ndarray:
    """A weight memory in which most places make good parameters: uint8."""
    return rng.integers(0, 256, geometry.weight_entries * geometry.entry_bytes, np.uint8)


def put_parameters(
    geometry: Geometry, weights: np.ndarray, first: int, rng: np.random.Generator, steps: int
) -> None:
    """Parameters of which most results are neither 0 nor clamped; some shift to the left."""
    size = max(1, steps * geometry.taps)
    spread = int(12 * np.log2(2 + size) / 4) + 6
    block = parameter_block(
        geometry,
        rng.integers(-(1 << 12), 1 << 12, GROUPS) * size // 8,
        rng.integers(1 << 30, 1 << 31, GROUPS),
        rng.integers(-spread, -4, GROUPS),
    )
    if rng.random() < 0.2:
        block[2 * GROUPS * 4 :] = rng.integers(0, 256, len(block) - 2 * GROUPS * 4)
    at = first * geometry.entry_bytes
    weights[at : at + len(block)] = block


def random_command(
    geometry: Geometry, rng: Random, read: range, written: range, weights: np.ndarray
) -> tuple[str, dict[str, int]]:
    """Mnemonic and fields of a command that reads only the words `read` and writes only `written`.

    Its parameters are put into `weights`.
    """
    while True:
        mnemonic, fields = _draw(geometry, rng, read, written)
        if _stays_inside(geometry, mnemonic, fields, read, written):
            break
    values = np.random.default_rng(rng.getrandbits(32))
    steps = fields["taps0"] * fields["taps1"] * fields["taps2"]
    for group in range(fields["groups"]):
        first = (fields["weights"] + group * fields["weights_group"]) % (1 << LOCAL_BITS)
        put_parameters(geometry, weights, first, values, steps)
    return mnemonic, fields


def _draw(
    geometry: Geometry, rng: Random, read: range, written: range
) -> tuple[str, dict[str, int]]:
    mnemonic = rng.choice(("dot", "depthwise"))
    counts = {name: rng.choice((1, rng.randint(1, most))) for name, most in COUNTS.items()}
    steps = counts["taps0"] * counts["taps1"] * counts["taps2"]
    least, most = sorted(rng.randint(-128, 127) // rng.choice((1, 1, 8)) for _ in range(2))
    if rng.random() < 0.5:
        least, most = -128, 127
    step = 1 << LOCAL_BITS
    strides = {
        name: rng.choice((0, 1, rng.randrange(40), rng.randrange(40), -rng.randrange(20))) % step
        for name in ("input_row", "input1", "input2", "input_group")
    }
    outwards = {
        "output_row": rng.choice((counts["columns"], rng.randrange(20), -counts["columns"])) % step,
        "output_group": rng.choice((counts["columns"] * counts["rows"], rng.randrange(60))),
    }
    return mnemonic, {
        **counts,
        **strides,
        **outwards,
        "input": WORD_BYTES * rng.choice(read) + rng.randrange(WORD_BYTES),
        "input_column": rng.choice((rng.randrange(20), 8, 16, 24)),
        "output": rng.choice(written),
        "weights": rng.randrange(geometry.weight_entries),
        "weights_group": rng.choice((0, steps + geometry.parameter_entries, rng.randrange(30))),
        "up": rng.randint(0, 1),
        "weight_zero_point": rng.choice((0, rng.randint(-128, 127))),
        "zero_point": rng.choice((0, rng.randint(-128, 127))),
        "act_min": least,
        "act_max": most if rng.random() < 0.95 else rng.randint(-128, 127),
    }


def _stays_inside(
    geometry: Geometry, mnemonic: str, fields: dict[str, int], read: range, written: range
) -> bool:
    """Whether it is not refused, nor reads or writes elsewhere, nor takes all too long."""
    counts = [fields[name] for name in COUNTS]
    if np.prod(counts) > MOST_STEPS:
        return False
    places = np.array(sorted(places_written(fields)))
    if not set(places.tolist()) <= set(written):
        return False
    words = words_read(geometry, mnemonic, fields)
    if words.min() < read.start or words.max() + geometry.banks > read.stop:
        return False
    steps = fields["taps0"] * fields["taps1"] * fields["taps2"] + geometry.parameter_entries
    last = fields["weights"] + (fields["groups"] - 1) * fields["weights_group"] + steps
    return last <= geometry.weight_entries


def places_written(fields: dict[str, int]) -> set[int]:
    """Words of results."""
    groups, rows, columns = (np.arange(fields[name]) for name in ("groups", "rows", "columns"))
    places = (
        fields["output"]
        + fields["output_group"] * groups[:, None, None]
        + fields["output_row"] * rows[:, None]
        + columns
    ) % (1 << LOCAL_BITS)
    return set(places.reshape(-1).tolist())


def words_read(geometry: Geometry, mnemonic: str, fields: dict[str, int]) -> np.ndarray:
    """First word of each step."""
    along = geometry.taps if mnemonic == "dot" else geometry.banks * WORD_BYTES
    at = np.array(fields["input"])
    for count, stride in (
        ("taps0", along),
        ("taps1", WORD_BYTES * fields["input1"]),
        ("taps2", WORD_BYTES * fields["input2"]),
        ("columns", fields["input_column"]),
        ("rows", WORD_BYTES * fields["input_row"]),
        ("groups", WORD_BYTES * fields["input_group"]),
    ):
        at = at[..., None] + stride * np.arange(fields[count])
    return at % (1 << BYTE_ADDRESS_BITS) // WORD_BYTES


def encoded(mnemonic: str, fields: dict[str, int]) -> bytes:
    """As it lies in memory."""
    return COMPUTE_COMMANDS.encode(mnemonic, **fields | {"after": 0})


def carry_out(
    geometry: Geometry,
    activations: np.ndarray,
    weights: np.ndarray,
    mnemonic: str,
    fields: dict[str, int],
) -> Refused | None:
    """What it means, on `activations`; returns why it was refused, if it was."""
    opcode = COMPUTE_COMMANDS.by_mnemonic[mnemonic].opcode
    try:
        compute(geometry, activations, weights, opcode, fields)
    except Refused as refused:
        return refused
    return None
