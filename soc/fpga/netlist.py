"""What the passes over a flat module of Yosys' JSON share: who drives and who reads its nets.

A bit of a connection is a net, an int, or a constant: "0", "1" or "x".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Module = dict[str, Any]
Cell = dict[str, Any]
Bit = int | str


def top_module(netlist: Mapping[str, Any]) -> Module:
    """The design in a file of Yosys, beside the library's cells."""
    return next(one for one in netlist["modules"].values() if "top" in one["attributes"])


def pin(cell: Cell, port: str) -> Bit:
    """What one of a cell's pins is connected to; "0" if to nothing or to an undefined value."""
    bit = next(iter(cell["connections"].get(port, ())), "0")
    return "0" if bit in ("x", "z") else bit


def pins(cell: Cell, direction: str) -> Iterator[tuple[str, int]]:
    """(port, net) of each of a cell's pins that is connected to a net.

    direction: "input", "output", or "inout", which is also what a cell's pins are that Yosys does
    not know.
    """
    for port, bits in cell["connections"].items():
        if cell.get("port_directions", {}).get(port, "inout") == direction:
            yield from ((port, bit) for bit in bits if isinstance(bit, int))


def reads(module: Mapping[str, Any]) -> Counter[int]:
    """How many input pins of cells and bits of output ports read each net."""
    count: Counter[int] = Counter()
    for cell in module["cells"].values():
        for direction in ("input", "inout"):
            count.update(net for _, net in pins(cell, direction))
    for port in module["ports"].values():
        if port["direction"] != "input":
            count.update(bit for bit in port["bits"] if isinstance(bit, int))
    return count


def first_free_net(module: Mapping[str, Any]) -> int:
    """A number that no net has, and none above it."""
    cells = (bits for cell in module["cells"].values() for bits in cell["connections"].values())
    named = (one["bits"] for kind in ("ports", "netnames") for one in module[kind].values())
    nets = (bit for source in (cells, named) for bits in source for bit in bits)
    return 1 + max((bit for bit in nets if isinstance(bit, int)), default=0)
