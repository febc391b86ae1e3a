"""A comparison as JSON, schema `dwpw.compare/1`.

Fields may be added, never renamed.  `cycles` and `instructions` are null where a tensor differs
from the golden one: a count of a wrong computation is no result.  Both are null everywhere when
`engine` is "host", which counts nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dwpw.activity import Activity
from dwpw.comparison import ComparedLayer, ComparedOperator, ComparedRun, Comparison
from dwpw.errors import UserError

SCHEMA = "dwpw.compare/1"


def require_writable(path: Path) -> None:
    """Refuse an output path before a run of minutes, not behind it; leaves no file that was not."""
    existed = path.exists()
    try:
        with path.open("a"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from error


def write_json(comparison: Comparison, path: Path) -> None:
    """Write the whole file at once."""
    write_document(to_json(comparison), path)


def write_document(document: dict[str, Any], path: Path) -> None:
    """Write any of our JSON documents, the whole file at once."""
    write_text(json.dumps(document, indent=1) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write a result; `UserError` where that is not possible."""
    try:
        path.write_text(text)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from error


def write_bytes(content: bytes, path: Path) -> None:
    """Write a binary result; `UserError` where that is not possible."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from error


def to_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison in plain values."""
    return {
        "schema": SCHEMA,
        "engine": comparison.engine,
        **about(comparison),
        "runs": [
            {
                **run_fields(run, comparison.counted),
                "layers": [
                    fields
                    for step, layer in enumerate(run.layers)
                    for fields in layer_fields(step, layer, comparison.counted)
                ],
            }
            for run in comparison.runs
        ],
    }


def about(comparison: Comparison) -> dict[str, Any]:
    """What ran on what, and beside what."""
    graph, soc = comparison.graph, comparison.soc
    return {
        "model": {
            "file": graph.path.name,
            "sha256": graph.sha256,
            "macs": graph.macs,
            "parameters": graph.parameters,
            "operators": len(graph.operators),
        },
        "soc": {
            "target": soc.target,
            "cpu": soc.cpu,
            "clock_hz": soc.clock_hz,
            "memory": soc.memory,
            "main_ram": soc.main_ram,
            "extension": dict(soc.extension),
        },
        "golden": comparison.golden,
        "input": "; ".join(comparison.inputs),
        "inputs": list(comparison.inputs),
    }


def run_fields(run: ComparedRun, counted: bool = True) -> dict[str, Any]:
    """A kernel set without its layers; `cycles` are those of the whole inference, measured with
    nothing between the layers, `layer_cycles` the sum over the layers; `edges` are operators that
    the host works out."""
    edges = {"edges": [layer_fields(0, edge)[0] for edge in run.edges]} if run.edges else {}
    counts = run.exact and counted
    return {
        **edges,
        "kernels": run.kernels,
        "cycles": run.cycles if counts else None,
        "layer_cycles": run.layer_cycles if counts else None,
        "instructions": run.instructions if counts else None,
        "exact": run.exact,
        "output": list(run.output),
    }


def layer_fields(step: int, layer: ComparedLayer, counted: bool = True) -> list[dict[str, Any]]:
    """The operators of a step; what was measured of it stands with the last one, of the others it
    is null. Where its kernel tells cycles of parts, they stand with the last operator of each; what
    the engines of a unit did for an operator stands with it, if they were watched."""
    (kernel,) = layer.kernels
    last = layer.operators[-1]
    counts = layer.exact and counted
    nothing = {"cycles": None, "instructions": None, "exact": None}
    parts = {part.operators[-1].index: part.cycles for part in layer.parts if counts}
    engines = layer.engines if counts else ()
    measured = {
        "cycles": layer.cycles if counts else None,
        "instructions": layer.instructions if counts else None,
        "exact": layer.exact,
    }
    return [
        {
            "index": operator.index,
            "step": step,
            "op": operator.kind,
            "name": operator.name,
            "kernel": kernel,
            "shape": list(operator.shape),
            "macs": operator.macs,
            **(measured if operator is last else nothing),
            **({"part_cycles": parts[operator.index]} if operator.index in parts else {}),
            **(_engine_fields(operator, engines[place]) if engines else {}),
        }
        for place, operator in enumerate(layer.operators)
    ]


def _engine_fields(operator: ComparedOperator, engines: Mapping[str, Activity]) -> dict[str, Any]:
    """Cycles of each engine for an operator; MAC per cycle are those of the first one, which
    multiplies."""
    busy = next(iter(engines.values())).busy
    return {
        "engines": {name: vars(one) for name, one in engines.items()},
        "macs_per_cycle": round(operator.macs / busy, 3) if operator.macs and busy else None,
    }
