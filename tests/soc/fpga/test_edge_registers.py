"""Registers at the ports of a netlist: every path of a port becomes one between registers."""

from __future__ import annotations

from soc.fpga.edge_registers import add_edge_registers


def module() -> dict:
    """clk, two input bits, and an output of one wire and one constant."""
    return {
        "ports": {
            "clk": {"direction": "input", "bits": [2]},
            "a": {"direction": "input", "bits": [3, 4]},
            "y": {"direction": "output", "bits": [5, "0"]},
        },
        "netnames": {
            "clk": {"bits": [2]},
            "a": {"bits": [3, 4]},
            "y": {"bits": [5, "0"]},
        },
        "cells": {},
    }


def test_inputs_and_outputs_end_at_a_register_of_the_clock() -> None:
    changed = module()
    assert add_edge_registers(changed, "clk") == 3
    assert changed["ports"] == {"clk": {"direction": "input", "bits": [2]}}
    wires = {name: cell["connections"] for name, cell in changed["cells"].items()}
    assert wires == {
        "edge_a_0": {"CLK": [2], "DI": ["0"], "Q": [3]},
        "edge_a_1": {"CLK": [2], "DI": ["0"], "Q": [4]},
        "edge_y_0": {"CLK": [2], "DI": [5], "Q": [8]},
    }
