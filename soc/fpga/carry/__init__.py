"""Carry chains of an ECP5 netlist made cheaper, between Yosys and nextpnr.

Yosys makes every bit of an adder from the same cell, half a CCU2C with its two operands on two of
four pins; whatever stands in front of an operand is a LUT of its own. nextpnr then adds a cell in
front of each chain and one behind it.  Here

* digits that nothing reads are dropped (`chains`),
* LUTs in front of a chain go into it, where pins are left (`fold`),
* a chain is written with half a cell in front and nothing or half a cell behind (`layout`).

`half` is what a cell means; everything else follows from it.
"""

from __future__ import annotations

import json
from pathlib import Path

from soc.cache import hash_files
from soc.fpga.carry.chains import all_reads, take_chains, trim
from soc.fpga.carry.fold import fold_luts
from soc.fpga.carry.layout import Layout
from soc.fpga.netlist import Module, first_free_net, top_module
from soc.paths import REPOSITORY

FOLDER = Path(__file__).parent


def tidy_carries(module: Module) -> int:
    """Make the carry chains of a module cheaper, in place; returns how many LUT4 went into them.

    module: a flat one of a netlist that Yosys wrote as JSON for ECP5.
    """
    free = first_free_net(module)  # while all cells that have nets are there
    chains = trim(module, take_chains(module))
    folded = fold_luts(module, chains)
    layout = Layout(module, all_reads(module, chains), free)
    for chain in chains:
        layout.write(chain)
    return folded


def tidy_file(netlist: Path) -> None:
    """`tidy_carries` of the design in a file of Yosys."""
    content = json.loads(netlist.read_text())
    tidy_carries(top_module(content))
    netlist.write_text(json.dumps(content))


def sources_digest() -> str:
    """Of all that decides what `tidy_carries` writes, for the keys of what is made from it."""
    files = [*FOLDER.glob("*.py"), FOLDER.parent / "netlist.py"]
    return hash_files(files, REPOSITORY)
