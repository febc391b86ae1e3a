"""A netlist with a register at every port.

The speed of a module alone is that between its own registers only, which is far too good: paths
from and to its ports count as well.  With a register behind every input and in front of every
output, each of these paths is one from register to register.  Beyond the registers there is
nothing: in a SoC no port is a pad, and no chip has as many pads as a unit with a port of its own to
memory has ports.
"""

from __future__ import annotations

from typing import Any

from soc.fpga.netlist import first_free_net

REGISTER = {
    "CEMUX": "1 ",  # the blank makes it text for nextpnr; ones and zeros alone are a number
    "CLKMUX": "CLK",
    "GSR": "DISABLED",
    "LSRMUX": "LSR",
    "REGSET": "RESET",
    "SRMODE": "LSR_OVER_CE",
}
"""Parameters of a TRELLIS_FF that takes its input at every rising edge."""


NOTHING = "0"
"""What comes in from outside."""


def add_edge_registers(module: dict[str, Any], clock: str) -> int:
    """Put a TRELLIS_FF in the place of each bit of each port but `clock`; returns how many.

    module: of a netlist that Yosys wrote as JSON for ECP5; changed in place.
    """
    clock_bit = module["ports"][clock]["bits"][0]
    free = first_free_net(module)
    count = 0
    ports = module["ports"]
    module["ports"] = {clock: ports[clock]}
    for name, port in ports.items():
        if name == clock:
            continue
        for index, bit in enumerate(port["bits"]):
            if not isinstance(bit, int):
                continue  # a constant has no path
            d, q = (NOTHING, bit) if port["direction"] == "input" else (bit, free + count)
            module["cells"][f"edge_{name}_{index}"] = _register(clock_bit, d, q)
            count += 1
    return count


def _register(clock: int, d: int | str, q: int) -> dict[str, Any]:
    return {
        "type": "TRELLIS_FF",
        "parameters": REGISTER,
        "attributes": {},
        "port_directions": {"CLK": "input", "DI": "input", "Q": "output"},
        "connections": {"CLK": [clock], "DI": [d], "Q": [q]},
    }
