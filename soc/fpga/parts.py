"""What single modules of a unit take of an ECP5, each synthesised alone.

    python -m soc.fpga.parts rtl_ext.stream.mac_array:MacArray rtl_ext.simd.history:History

prints a row for each, of Yosys' cells with tidy carry chains (`soc.fpga.carry`): what nextpnr is
given. A module is made with its usual geometry, and every public signal of it is a port.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from soc.cache import cached
from soc.fpga import carry
from soc.fpga.devices import CELLS, needed_by
from soc.fpga.tools import tool_path, tool_versions
from soc.toolchain import run

TOP = "part"
NETLIST = "part.json"


def make(name: str) -> Any:
    """The Migen module of "module:class", of the usual geometry if it takes one, with whatever
    else it takes as usual too."""
    module, _, variable = name.partition(":")
    found = getattr(import_module(module), variable)
    taken = inspect.signature(found).parameters
    wanted = [name for name, one in taken.items() if one.default is one.empty]
    if set(wanted) - {"geometry"}:
        raise SystemExit(f"{name}: takes {', '.join(wanted)}: only modules of a geometry are made")
    return found(import_module(module).Geometry()) if wanted else found()


def ports_of(module: Any) -> list[Any]:
    """Its public signals and those of its public records, each once."""
    found = {id(signal): signal for value in _public(module) for signal in _signals(value)}
    return list(found.values())


def cells_of(name: str, build_root: Path) -> dict[str, int]:
    """How many of each resource (`soc.fpga.devices.CELLS`) a module takes."""
    from rtl_ext.verilog import module_verilog

    module = make(name)
    verilog = module_verilog(module, ports_of(module), TOP)

    def build(folder: Path) -> None:
        (folder / "part.v").write_text(verilog)
        script = f"read_verilog part.v; synth_ecp5 -top {TOP} -json {NETLIST}"
        run(["yosys", "-q", "-p", script], cwd=folder, env=tool_path(build_root))
        carry.tidy_file(folder / NETLIST)

    key = {
        "verilog": verilog,
        "tools": tool_versions("yosys"),
        "carries": carry.sources_digest(),
    }
    folder = cached(build_root, "part", key, build)
    return needed_by(json.loads((folder / NETLIST).read_text())["modules"][TOP])


def _public(module: Any) -> Iterator[Any]:
    return (value for name, value in vars(module).items() if not name.startswith("_"))


def _signals(value: Any) -> Iterator[Any]:
    """Signals in a signal, a record, or a list or mapping of them."""
    from migen import Record, Signal

    if isinstance(value, Signal):
        yield value
    elif isinstance(value, Record):
        yield from value.flatten()
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _signals(one)
    elif isinstance(value, dict):
        yield from _signals(list(value.values()))


def main(names: Sequence[str]) -> None:
    """Print the table."""
    print(f"{'module':48}" + "".join(f"{name:>7}" for name in CELLS))
    for name in names:
        cells = cells_of(name, Path.cwd() / "build")
        print(f"{name:48}" + "".join(f"{count:7,}" for count in cells.values()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
