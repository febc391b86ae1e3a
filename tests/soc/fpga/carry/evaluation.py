"""What a netlist's cells compute, cell by cell, and a netlist of those alone.

A register, a memory or a multiplier ends every path: its outputs are inputs here, its inputs
outputs. So two netlists that differ in LUTs and carries only have the same inputs and outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from soc.fpga.carry.function import LUT_PINS, look_up
from soc.fpga.carry.half import half_outputs
from soc.fpga.netlist import Bit, Cell, Module, pin, pins

MULTIPLEXERS = {"PFUMX": ("BLUT", "ALUT", "C0"), "L6MUX21": ("D0", "D1", "SD")}
"""Cells -> what they answer with if the third pin is 0 and 1, and that pin."""

COMBINATIONAL = ("LUT4", "CCU2C", *MULTIPLEXERS)

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
    for gate in _ordered(list(_gates(module))):
        inputs = (int(bit) if isinstance(bit, str) else known[bit] for bit in gate.inputs)
        known |= zip(gate.outputs, gate.meaning(*inputs), strict=True)
    return [known[net] for net in module["ports"][OUTPUTS]["bits"]]


@dataclass(frozen=True)
class Gate:
    """A cell, or half of one; meaning: values of the inputs -> those of the outputs."""

    inputs: list[Bit]
    outputs: list[int | None]
    meaning: Callable[..., tuple[int, ...]]


def _gates(module: Module) -> Iterator[Gate]:
    """The halves of a carry cell are two: the upper one may depend on the lower one's sum."""
    for number, cell in enumerate(module["cells"].values()):
        kind, parameters = cell["type"], cell["parameters"]
        if kind == "CCU2C":
            assert {parameters["INJECT1_0"], parameters["INJECT1_1"]} == {"NO"}
            between = -1 - number  # a net of its own
            for which, carries in enumerate(
                ((pin(cell, "CIN"), between), (between, _net(cell, "COUT")))
            ):
                init = int(parameters[f"INIT{which}"], 2)
                into, out = carries
                inputs = [pin(cell, f"{name}{which}") for name in LUT_PINS]
                yield Gate([*inputs, into], [_net(cell, f"S{which}"), out], _half(init))
        elif kind == "LUT4":
            inputs = [pin(cell, name) for name in LUT_PINS]
            yield Gate(inputs, [_net(cell, "Z")], _lut(int(parameters["INIT"], 2)))
        else:
            inputs = [pin(cell, name) for name in MULTIPLEXERS[kind]]
            yield Gate(
                inputs, [_net(cell, "Z")], lambda zero, one, which: (one if which else zero,)
            )


def _net(cell: Cell, port: str) -> Bit | None:
    return next(iter(cell["connections"].get(port, ())), None)


def _ordered(gates: list[Gate]) -> Iterator[Gate]:
    """Each gate after those whose outputs it reads."""
    drivers = {net: index for index, gate in enumerate(gates) for net in gate.outputs}
    sorter = TopologicalSorter(
        {
            index: {drivers[bit] for bit in gate.inputs if bit in drivers}
            for index, gate in enumerate(gates)
        }
    )
    return (gates[index] for index in sorter.static_order())


def _lut(init: int) -> Callable[..., tuple[int]]:
    return lambda *inputs: (look_up(init, inputs),)


def _half(init: int) -> Callable[..., tuple[int, int]]:
    return lambda *inputs: half_outputs(init, inputs[:-1], inputs[-1])
