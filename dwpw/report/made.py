"""What `dwpw model make` says of the model that it has made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dwpw.make import Calibrated
from dwpw.report.numbers import full


def made_lines(made: Calibrated, path: Path, size: int) -> Iterator[str]:
    """The model's size, and how lively its layers are."""
    plan = made.blueprint
    yield f"{path}: {plan.title}; random weights"
    yield (
        f"{len(plan.nodes)} operators, {full(plan.macs)} MACs, {full(plan.parameters)} parameters,"
        f" {full(size)} bytes"
    )
    node, alive = made.most_clamped
    yield (
        f"clamped outputs: {100 * made.clamped:.4f} % of all,"
        f" at the most {100 * alive.clamped:.2f} % (layer {node.name})"
    )
