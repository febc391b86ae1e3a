"""What a netlist's cells compute, cell by cell, and a netlist of those alone.

A register, a memory or a multiplier ends every path: its outputs are inputs here, its inputs
outputs. So two netlists that differ in LUTs and carries only have the same inputs and outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from soc.fpga.carry.function import LUT_PINS, look_up
from soc.fpga.carry.half import half_outputs
from soc.fpga.netlist import Cell, Module, pin, pins

COMBINATIONAL = ("LUT4", "CCU2C", "PFUMX", "L6MUX21")

INPUTS, OUTPUTS = "inputs", "outputs"


def combinational(module: Module) -> Module:
    """The LUTs, multiplexers and carries of a module, between ports for all that is around them.

    Each port is as wide as it has nets, in the order of the pins that they come from.
    """
    inside = {
        name: _connected(cell)
        for name, cell in module["cells"].items()
        if cell["type"] in COMBINATIONAL
    }
    around = [cell for name, cell in sorted(module["cells"].items()) if name not in inside]
    inputs = dict.fromkeys(net for cell in around for _, net in pins(cell, "output"))
    outputs = [net for cell in around for _, net in pins(cell, "input")]
    for _, port in sorted(module["ports"].items()):
        nets = [bit for bit in port["bits"] if isinstance(bit, int)]
        if port["direction"] == "input":
            inputs |= dict.fromkeys(nets)
        else:
            outputs += nets
    ports = {
        INPUTS: {"direction": "input", "bits": list(inputs)},
        OUTPUTS: {"direction": "output", "bits": outputs},
    }
    return {"attributes": {}, "ports": ports, "cells": inside, "netnames": {}}


def _connected(cell: Cell) -> Cell:
    """The cell without pins that lead nowhere: an output at a constant is an error for Yosys."""
    kept = {port: bits for port, bits in cell["connections"].items() if bits != ["x"]}
    return cell | {"connections": kept}


def evaluate(module: Module, values: Mapping[int, int]) -> list[int]:
    """The output port of a module of `combinational`. values: those of the nets at its inputs."""
    known = dict(values)
    cells = module["cells"]
    for name in _ordered(cells):
        known |= _outputs(cells[name], known)
    return [known[net] for net in module["ports"][OUTPUTS]["bits"]]


def _ordered(cells: Mapping[str, Cell]) -> Iterator[str]:
    """Each cell after those whose outputs it reads."""
    drivers = {net: name for name, cell in cells.items() for _, net in pins(cell, "output")}
    sorter = TopologicalSorter(
        {
            name: {drivers[net] for _, net in pins(cell, "input") if net in drivers}
            for name, cell in cells.items()
        }
    )
    return sorter.static_order()


def _outputs(cell: Cell, known: Mapping[int, int]) -> dict[int, int]:
    def value(port: str) -> int:
        bit = pin(cell, port)
        return int(bit) if isinstance(bit, str) else known[bit]

    results = _RESULTS[cell["type"]](cell["parameters"], value)
    return {net: results[port] for port, net in pins(cell, "output")}


def _lut(parameters: Mapping[str, str], value: Any) -> dict[str, int]:
    return {"Z": look_up(int(parameters["INIT"], 2), [value(name) for name in LUT_PINS])}


def _carry(parameters: Mapping[str, str], value: Any) -> dict[str, int]:
    results, carry = {}, value("CIN")
    for which in (0, 1):
        assert parameters[f"INJECT1_{which}"] == "NO"
        inputs = tuple(value(f"{name}{which}") for name in LUT_PINS)
        results[f"S{which}"], carry = half_outputs(
            int(parameters[f"INIT{which}"], 2), inputs, carry
        )
    return results | {"COUT": carry}


_RESULTS = {
    "LUT4": _lut,
    "CCU2C": _carry,
    "PFUMX": lambda _, value: {"Z": value("ALUT") if value("C0") else value("BLUT")},
    "L6MUX21": lambda _, value: {"Z": value("D1") if value("SD") else value("D0")},
}
