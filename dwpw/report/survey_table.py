"""A model's operators for people and as JSON, schema `dwpw.model/1`."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dwpw.comparison import window_text
from dwpw.report.layout import Layout, fitting, new_table
from dwpw.report.names import kernel_name, operator_name, shape_name
from dwpw.report.numbers import NOTHING, full, short
from dwpw.survey import Survey, SurveyedOperator, SurveyedTensor

SCHEMA = "dwpw.model/1"


def print_survey(found: Survey, console: Console) -> None:
    """The file, its operators, its totals, and everything that dwpw does not run."""
    lines = (
        ("model", f"{found.path}: {full(found.size)} bytes"),
        *(("input", _tensor_text(tensor)) for tensor in found.inputs),
        *(("output", _tensor_text(tensor)) for tensor in found.outputs),
        ("target", found.target.name),
    )
    for name, value in lines:
        console.print(Text(f"{name:<7}", style="bold") + Text(value), soft_wrap=True)
    console.print()
    table, _ = fitting(console, lambda layout: _table(found, layout))
    console.print(table)
    console.print()
    if not found.unsupported:
        console.print(f"All {len(found.operators)} operators run on target {found.target.name}.")
        return
    console.print(f"{len(found.unsupported)} of {len(found.operators)} operators do not run:")
    for (kind, problem), numbers in problems(found).items():
        listed = ", ".join(map(str, numbers))
        console.print(Text(f"{kind}: {problem} (operator {listed})"), soft_wrap=True)


def problems(found: Survey) -> dict[tuple[str, str], list[int]]:
    """Numbers of the operators that do not run, by kind and reason."""
    grouped: dict[tuple[str, str], list[int]] = {}
    for one in found.unsupported:
        kind = f"CUSTOM '{one.name}'" if one.kind == "CUSTOM" else one.kind
        grouped.setdefault((kind, one.problem), []).append(one.index)
    return grouped


def _tensor_text(tensor: SurveyedTensor) -> str:
    shape = "x".join(map(str, tensor.shape)) or "scalar"
    text = f"'{tensor.name}' {shape} {tensor.dtype}"
    if tensor.scale is None:
        return text
    return f"{text}, scale {tensor.scale:.6g}, zero point {tensor.zero_point}"


def _table(found: Survey, layout: Layout) -> Table:
    count = full if layout.full else short
    table = new_table(layout)
    table.add_column("#", justify="right", no_wrap=True)
    for title in ("operator", "input", "output"):
        table.add_column(title, no_wrap=True)
    for title in ("MACs", "parameters", "live bytes"):
        table.add_column(title, justify="right", no_wrap=True)
    sets = [one.name for one in found.target.kernel_sets]
    for name in sets:
        table.add_column(name, no_wrap=True)
    for one in found.operators:
        table.add_row(
            str(one.index),
            operator_name(one.kind, _window(one)),
            " ".join(dict.fromkeys(map(shape_name, one.inputs))),
            shape_name(one.output),
            count(one.macs) if one.macs else NOTHING,
            count(one.parameters) if one.parameters else NOTHING,
            count(one.live_bytes),
            *(_kernel(one, name) for name in sets),
        )
    table.add_section()
    totals = (count(found.macs), count(found.parameters), f"max {count(found.peak_bytes)}")
    table.add_row("", "total", "", "", *totals)
    return table


def _window(one: SurveyedOperator) -> str:
    return "" if one.operator is None else window_text(one.operator)


def _kernel(one: SurveyedOperator, kernel_set: str) -> str:
    kernel = one.kernels[kernel_set]
    if kernel is None or one.problem:
        return "none"
    return kernel_name(kernel, kernel_set)


def survey_json(found: Survey) -> dict[str, Any]:
    """The same in plain values; a kernel is null where there is none."""
    return {
        "schema": SCHEMA,
        "model": {
            "file": found.path.name,
            "sha256": found.sha256,
            "bytes": found.size,
            "macs": found.macs,
            "parameters": found.parameters,
            "peak_activation_bytes": found.peak_bytes,
            "operators": len(found.operators),
            "unsupported": len(found.unsupported),
        },
        "target": found.target.name,
        "inputs": [_tensor_json(tensor) for tensor in found.inputs],
        "outputs": [_tensor_json(tensor) for tensor in found.outputs],
        "operators": [
            {
                "index": one.index,
                "op": one.kind,
                "name": one.name,
                "inputs": [list(shape) for shape in one.inputs],
                "output": list(one.output),
                "macs": one.macs,
                "parameters": one.parameters,
                "live_bytes": one.live_bytes,
                "problem": one.problem or None,
                "kernels": dict(one.kernels),
            }
            for one in found.operators
        ],
    }


def _tensor_json(tensor: SurveyedTensor) -> dict[str, Any]:
    return {
        "name": tensor.name,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "scale": tensor.scale,
        "zero_point": tensor.zero_point,
    }
