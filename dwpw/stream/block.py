"""Loops of a move over a block of a tensor, and the words inside the unit that a move touches."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dwpw.stream.place import WORD_BYTES, Planes, RamTensor


def words_of(fields: Mapping[str, int]) -> np.ndarray:
    """Words of the activation memory that a move touches."""
    along = [fields[f"local{axis}"] * np.arange(fields[f"count{axis}"]) for axis in range(3)]
    outer = along[2][:, None, None] + along[1][:, None] + along[0]
    return (fields["local"] + outer).ravel()


def block_fields(
    tensor: RamTensor, local: Planes, first: int, rows: range, planes: range, packed: bool
) -> dict[str, int]:
    """Loops over a block of a tensor; first: the plane of `local` that the block begins in."""
    fields = {
        "address": tensor.offset + rows.start * tensor.row + planes.start * WORD_BYTES,
        "local": local.at(first, rows.start),
    }
    width = tensor.shape[1]
    if packed or tensor.pixel == WORD_BYTES:  # the words of a row lie one behind the other
        counts, local_steps = (local.width, len(rows), 1), (1, local.row, 0)
        steps = (tensor.row, 0)
    elif width == 1 == len(rows):
        counts, local_steps, steps = (len(planes), 1, 1), (local.plane, 0, 0), (0, 0)
    else:
        counts, local_steps = (len(planes), width, len(rows)), (local.plane, 1, local.row)
        steps = (tensor.pixel, tensor.row)
    for axis in range(3):
        fields[f"count{axis}"] = counts[axis]
        fields[f"local{axis}"] = local_steps[axis]
    return {**fields, "step1": steps[0], "step2": steps[1]}
