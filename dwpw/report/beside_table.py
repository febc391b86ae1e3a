"""An estimate for an accelerator beside what was measured, and the same as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from dwpw.comparison import ComparedLayer, Comparison
from dwpw.peers.vela import Estimate
from dwpw.report.layout import LAYOUTS, new_table
from dwpw.report.names import layer_name, shape_name
from dwpw.report.numbers import DIFFERS, NOTHING, full, rate
from dwpw.report.table import print_lines


def estimated(comparison: Comparison, layer: ComparedLayer, found: Estimate) -> int | None:
    """Cycles of what a step of ours is there; None where the compiler made something else of it."""
    outputs = {operator.index: operator.output for operator in comparison.graph.operators}
    tensors = comparison.graph.tensors
    return found.of(tensors[outputs[one.index]].name for one in layer.operators)


def print_beside(comparison: Comparison, found: Estimate, layers: bool, console: Console) -> None:
    """Our last kernel set's cycles and the estimate, layer by layer if wanted."""
    run, macs = comparison.runs[-1], comparison.graph.macs
    table = new_table(LAYOUTS[0])
    for title in ("#", "operator", "output"):
        table.add_column(title, justify="right" if title == "#" else "left", no_wrap=True)
    for title in (f"{run.kernels}, measured", f"{found.accelerator}, ESTIMATE"):
        table.add_column(title, justify="right", no_wrap=True)
    if layers:
        _add_layers(table, comparison, found)
        table.add_section()
    cycles = run.cycles if run.exact else None
    table.add_row(
        *("", "whole", "inference"),
        DIFFERS if cycles is None else full(cycles),
        full(found.cycles),
    )
    table.add_row("", "MAC/cycle", "", rate(macs, cycles), rate(macs, found.cycles))
    console.print()
    console.print(table)
    console.print()
    print_lines(notes(found), console)


def _add_layers(table: Table, comparison: Comparison, found: Estimate) -> None:
    for layer in comparison.runs[-1].layers:
        there = estimated(comparison, layer, found)
        table.add_row(
            *(layer.number, layer_name(layer), shape_name(layer.shape)),
            full(layer.cycles) if layer.exact else DIFFERS,
            NOTHING if there is None else full(there),
        )


def notes(found: Estimate) -> list[str]:
    """What has to be known about the estimate."""
    lines = [
        f"{found.accelerator} is an estimate by {found.compiler} with its default system and"
        " memory: nobody ran it, and no tensor of it was checked."
    ]
    if found.on_cpu:
        lines.append(f"Left to a CPU, and not counted: {len(found.on_cpu)} of its operators.")
    return lines


def beside_json(comparison: Comparison, found: Estimate) -> dict[str, Any]:
    """For the comparison's document."""
    return {
        "accelerator": found.accelerator,
        "compiler": found.compiler,
        "estimate": True,
        "cycles": found.cycles,
        "on_cpu": list(found.on_cpu),
        "layers": [
            {"index": layer.operators[-1].index, "cycles": estimated(comparison, layer, found)}
            for layer in comparison.runs[-1].layers
        ],
    }
