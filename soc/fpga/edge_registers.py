"""A netlist with a register at every port.

The speed of a module alone is that between its own registers only, which is far too good: paths
from and to its ports count as well.  With a register behind every input and in front of every
output, each of these paths is one from register to register.
"""

from __future__ import annotations

from typing import Any

REGISTER = {
    "CEMUX": "1 ",  # the blank makes it text for nextpnr; ones and zeros alone are a number
    "CLKMUX": "CLK",
    "GSR": "DISABLED",
    "LSRMUX": "LSR",
    "REGSET": "RESET",
    "SRMODE": "LSR_OVER_CE",
}
"""Parameters of a TRELLIS_FF that takes its input at every rising edge."""


def add_edge_registers(module: dict[str, Any], clock: str) -> int:
    """Put a TRELLIS_FF at each bit of each port but `clock`; returns how many.

    module: of a netlist that Yosys wrote as JSON for ECP5; changed in place.
    """
    clock_bit = module["ports"][clock]["bits"][0]
    free = 1 + max(
        bit for net in module["netnames"].values() for bit in net["bits"] if isinstance(bit, int)
    )
    count = 0
    for name, port in module["ports"].items():
        if name == clock:
            continue
        for index, bit in enumerate(port["bits"]):
            if not isinstance(bit, int):
                continue  # a constant has no path
            outside = free + count
            d, q = (outside, bit) if port["direction"] == "input" else (bit, outside)
            port["bits"][index] = outside
            module["cells"][f"edge_{name}_{index}"] = _register(clock_bit, d, q)
            count += 1
    return count


def _register(clock: int, d: int, q: int) -> dict[str, Any]:
    return {
        "type": "TRELLIS_FF",
        "parameters": REGISTER,
        "attributes": {},
        "port_directions": {"CLK": "input", "DI": "input", "Q": "output"},
        "connections": {"CLK": [clock], "DI": [d], "Q": [q]},
    }
