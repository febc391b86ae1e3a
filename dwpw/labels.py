"""Class names and scores of a classifier's output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dwpw.errors import UserError
from dwpw.model import Tensor


@dataclass(frozen=True)
class Score:
    """One class: its index, its name if known, and the real value of its output."""

    index: int
    name: str
    value: float


def read_labels(path: Path | None, model: Path, classes: int) -> tuple[str, ...] | None:
    """Names from a file with one per line; by default the file beside the model, if any."""
    if path is None:
        beside = model.with_suffix(".labels.txt")
        if not beside.is_file():
            return None
        path = beside
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(f"{path}: cannot be read: {reason}") from error
    names = tuple(line.strip() for line in lines if line.strip())
    if len(names) != classes:
        raise UserError(f"{path}: has {len(names)} labels, the model {classes} outputs")
    return names


def best_scores(
    output: Sequence[int], tensor: Tensor, labels: Sequence[str] | None, count: int
) -> list[Score]:
    """The highest outputs, dequantised with the tensor's scale and zero point."""
    names = labels or [f"class {index}" for index in range(len(output))]
    order = sorted(range(len(output)), key=lambda index: (-output[index], index))
    return [
        Score(index, names[index], (output[index] - tensor.zero_point) * float(tensor.scale))
        for index in order[:count]
    ]
