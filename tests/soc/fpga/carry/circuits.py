"""Random netlists of LUTs and carry chains, and what nextpnr takes for one."""

from __future__ import annotations

from collections import Counter
from itertools import count

from hypothesis import strategies as st

from soc.fpga.netlist import Bit, Module, pins
from tests.soc.fpga.carry.evaluation import INPUTS, OUTPUTS

ADDITION = "1001011010101010"
"""INIT of every half that Yosys writes: A + B if C is 0, A - B if it is 1; D is 1."""

OUTSIDE = tuple(range(2, 12))
"""Nets that come from outside."""

OUTPUT_PINS = ("Z", "S0", "S1", "COUT")


class Circuit:
    """A netlist under construction, as Yosys writes it."""

    def __init__(self) -> None:
        self.free = count(100)
        self.cells: dict[str, dict] = {}

    def lut(self, init: int, inputs: list[Bit]) -> int:
        """The net of a LUT4."""
        output = next(self.free)
        pins = dict(zip("ABCD", inputs, strict=True)) | {"Z": output}
        self._add("LUT4", {"INIT": f"{init:016b}"}, pins)
        return output

    def chain(self, operands: list[tuple[Bit, Bit]], carry: Bit, subtract: bool) -> list[int]:
        """Nets of the sums and the carries of an adder, two digits of it in each cell."""
        nets = []
        for cell in zip(operands[::2], operands[1::2], strict=True):
            pins = {"CIN": carry}
            for which, (a, b) in enumerate(cell):
                inputs = {"A": a, "B": b, "C": str(int(subtract)), "D": "1", "S": next(self.free)}
                pins |= {f"{name}{which}": bit for name, bit in inputs.items()}
            carry = pins["COUT"] = next(self.free)
            nets += [pins["S0"], pins["S1"], carry]
            halves = {f"INIT{n}": ADDITION for n in (0, 1)} | {f"INJECT1_{n}": "NO" for n in (0, 1)}
            self._add("CCU2C", halves, pins)
        return nets

    def _add(self, kind: str, parameters: dict[str, str], pins: dict[str, Bit]) -> None:
        self.cells[f"cell{len(self.cells)}"] = {
            "type": kind,
            "parameters": parameters,
            "attributes": {},
            "port_directions": {n: "output" if n in OUTPUT_PINS else "input" for n in pins},
            "connections": {name: [bit] for name, bit in pins.items()},
        }

    def module(self, outputs: list[int]) -> Module:
        """The netlist. outputs: nets that are read outside."""
        ports = {
            INPUTS: {"direction": "input", "bits": list(OUTSIDE)},
            OUTPUTS: {"direction": "output", "bits": outputs},
        }
        return {"attributes": {}, "ports": ports, "cells": self.cells, "netnames": {}}


@st.composite
def circuits(draw: st.DrawFn) -> Module:
    """Adders and subtractors of inputs, of LUTs and of each other's sums and carries."""
    circuit = Circuit()
    nets: list[int] = list(OUTSIDE)
    for _ in range(draw(st.integers(1, 3))):
        inputs = st.sampled_from([*nets, "0", "1", "x"])
        for _ in range(draw(st.integers(0, 6))):
            connected = draw(st.lists(inputs, min_size=4, max_size=4))
            nets.append(circuit.lut(draw(st.integers(0, 0xFFFF)), connected))
        # What was made last is taken often: a LUT with few readers.
        operand = st.sampled_from([*nets[-6:], "0", "1"]) | st.sampled_from(nets)
        width = 2 * draw(st.integers(1, 3))
        operands = draw(st.lists(st.tuples(operand, operand), min_size=width, max_size=width))
        carry = draw(st.sampled_from(["0", "1", *nets]))
        made = circuit.chain(operands, carry, subtract=draw(st.booleans()))
        nets += draw(st.lists(st.sampled_from(made), min_size=1, unique=True))
    return circuit.module(draw(st.lists(st.sampled_from(nets), min_size=1, unique=True)))


def luts(module: Module) -> int:
    """What nextpnr takes for LUTs and carries: as many as it packs (ecp5/pack.cc).

    A carry into a chain from outside takes a cell, and so does each one that is connected and not
    just handed on.
    """
    cells = module["cells"].values()
    carries = [dict(pins(cell, "input")) for cell in cells if cell["type"] == "CCU2C"]
    handed = Counter(inputs["CIN"] for inputs in carries if "CIN" in inputs)
    read = Counter(net for cell in cells for port, net in pins(cell, "input") if port != "CIN")
    read.update(module["ports"][OUTPUTS]["bits"])
    made = [net for cell in cells for port, net in pins(cell, "output") if port == "COUT"]
    constant = sum(
        cell["connections"]["CIN"] in (["0"], ["1"]) for cell in cells if cell["type"] == "CCU2C"
    )
    put_in = constant + sum(number for net, number in handed.items() if net not in made)
    taken_out = sum(handed[net] != 1 or read[net] > 0 for net in made)
    return len(cells) - len(carries) + 2 * (len(carries) + put_in + taken_out)
