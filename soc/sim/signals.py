"""The signals of the simulated SoC that are worth seeing, under the names that its Verilog has.

Migen makes a name from what surrounds a signal, so that it changes with the SoC; only while the
Verilog is written does anybody know which name belongs to which signal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from migen import Module, Signal
from migen.fhdl.tools import list_signals

from soc.sim.waves import CONTROLLER, LAYER, MEMORY, UNIT, Signals

UNIT_SIGNAL = re.compile(
    r".*(?:^|_)(?:valid|ready|busy|level|complete|state|owner|free|idle|flush|acc\d+)"
)
CACHE_SIGNAL = re.compile(
    r"l2cache_state|\w+_bus_(?:cyc|stb|we|ack|adr)|\w+_flush(?:ed)?|\w+_request_\w+"
)
CONTROLLER_SIGNAL = re.compile(r"(?:refresher|multiplexer|bankmachine\d+)_state")
NEXT = re.compile(r"next_(?:state|value)")
"""In the names of what Migen adds to a state machine."""


def named_signals(soc: Any, names: Any) -> dict[str, Signals]:
    """Group -> name -> bits.

    soc: a finished `SimSoC`.  names: the namespace of its Verilog.
    """
    pads = [soc.crg.cd_sys.clk, *soc.layer.flatten()]
    groups = {LAYER: _named(pads, names, re.compile(r"\w+"))}
    if hasattr(soc, "extension"):
        groups[UNIT] = _named(_signals(soc.extension), names, UNIT_SIGNAL)
    if hasattr(soc, "l2"):
        groups[MEMORY] = _named(_signals(soc.l2), names, CACHE_SIGNAL)
        controller = _named(_signals(soc.sdram), names, CONTROLLER_SIGNAL)
        chip = _named(soc.sdrphy.dfi.flatten(), names, re.compile(r"\w+"))
        groups[CONTROLLER] = controller | chip
    return groups


def _signals(module: Module) -> Iterable[Signal]:
    """All that a finished module and what is inside it use: Migen gives its fragment away once, to
    the module around it."""
    return list_signals(module._fragment)


def _named(signals: Iterable[Signal], names: Any, wanted: re.Pattern) -> Signals:
    found = {}
    for signal in signals:
        try:
            name = names.get_name(signal)
        except KeyError:  # not in the Verilog
            continue
        if wanted.fullmatch(name) and not NEXT.search(name):
            found[name] = len(signal)
    return dict(sorted(found.items()))
