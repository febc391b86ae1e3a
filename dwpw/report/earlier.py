"""What an earlier comparison counted, and what each layer gained or lost since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from dwpw.comparison import ComparedLayer, ComparedRun, Comparison
from dwpw.engines import HOST
from dwpw.errors import UserError
from dwpw.report.jsonfile import SCHEMA


@dataclass(frozen=True)
class Change:
    """Cycles of one kernel set, now less before: below 0 it became faster.

    layers: in the order of `Comparison.rows`.
    None where one of the two tensors is not exact, so that its cycles are no result, and where the
    earlier run had a step that began or ended elsewhere.
    """

    layers: tuple[int | None, ...]
    between: int | None
    total: int | None
    before: int | None

    @property
    def nothing(self) -> bool:
        """Whether all is as it was."""
        return not any(part != 0 for part in (*self.layers, self.between, self.total))


def read_earlier(path: Path) -> dict[str, Any]:
    """The document that `dwpw compare --json` wrote; `UserError` when it is none."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no JSON"
        raise UserError(f"{path}: cannot be read: {reason}") from error
    if not _is_comparison(document):
        raise UserError(f"{path}: not written by dwpw compare --json")
    if document.get("engine") == HOST:
        raise UserError(f"{path}: has no cycles: it was written with --engine host")
    return document


def _is_comparison(document: Any) -> bool:
    """Whether all is there that is read here."""
    try:
        runs = [(run["kernels"], run["cycles"], run["layers"]) for run in document["runs"]]
        cycles = [layer["cycles"] for _, _, layers in runs for layer in layers]
        numbers = [one for one in (*cycles, *(total for _, total, _ in runs)) if one is not None]
        model = document["model"]["sha256"]
    except (KeyError, TypeError):
        return False
    counted = all(isinstance(one, int) for one in numbers)
    return document.get("schema") == SCHEMA and isinstance(model, str) and counted


def is_of_same_model(document: dict[str, Any], comparison: Comparison) -> bool:
    """Whether layers of one can be held against layers of the other."""
    return document["model"]["sha256"] == comparison.graph.sha256


def changes_since(document: dict[str, Any], comparison: Comparison) -> dict[str, Change]:
    """Kernel set -> its change, for the sets that both have; none for another model."""
    if not is_of_same_model(document, comparison):
        return {}
    earlier = {run["kernels"]: run for run in document["runs"]}
    operators = len(comparison.graph.operators)
    return {
        run.kernels: _change(earlier[run.kernels], run, [row[place] for row in comparison.rows])
        for place, run in enumerate(comparison.runs)
        if run.kernels in earlier and len(earlier[run.kernels]["layers"]) == operators
    }


def _change(earlier: dict[str, Any], run: ComparedRun, rows: Sequence[ComparedLayer]) -> Change:
    before = _cycles_before(earlier["layers"], [len(layer.operators) for layer in rows])
    total = _difference(run.cycles if run.exact else None, earlier["cycles"])
    whole_layers = _difference(run.layer_cycles if run.exact else None, earlier.get("layer_cycles"))
    return Change(
        layers=tuple(
            _difference(layer.cycles if layer.exact else None, cycles)
            for layer, cycles in zip(rows, before, strict=True)
        ),
        between=_difference(total, whole_layers),
        total=total,
        before=earlier["cycles"],
    )


def _cycles_before(layers: Sequence[dict[str, Any]], sizes: Sequence[int]) -> Iterator[int | None]:
    """What the earlier operators took, so many of them at a time; None where that cuts a step.

    A document from before there were steps has one for every operator.
    """
    steps = [layer.get("step", number) for number, layer in enumerate(layers)]
    ends = {number for number, pair in enumerate(pairwise([*steps, None]), 1) if len({*pair}) == 2}
    start = 0
    for size in sizes:
        end = start + size
        counts = [layers[one - 1]["cycles"] for one in range(start + 1, end + 1) if one in ends]
        whole = {start, end} <= {0, *ends}
        yield sum(counts) if whole and None not in counts else None
        start = end


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before
