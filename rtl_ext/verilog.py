"""Hardware as one Verilog module, for linting, area estimates and tests."""

from __future__ import annotations

import re
from collections.abc import Iterable

from litex.gen.fhdl.verilog import convert
from migen import ClockDomain, Module, Signal
from migen.fhdl.conv_output import ConvOutput

MODULE = "dwpw_extension"


def extension_verilog(extension: Module) -> str:
    """Verilog text of module `dwpw_extension`: `CFU_BUS` with prefix bus_, `UNIT_MEMORY` of each
    unit that has one, sys_clk, sys_rst.

    extension: a Migen module with `bus` and `memories`, such as `rtl_ext.top.Extension`.
    """
    memories = [signal for memory in extension.memories for signal in memory.flatten()]
    return module_verilog(extension, [*extension.bus.flatten(), *memories], MODULE)


def module_verilog(module: Module, ports: Iterable[Signal], name: str) -> str:
    """Verilog text of a module with one clock, sys_clk and sys_rst.

    LiteX writes it, as it writes the SoC: Migen's own writer marks signed constants and LiteX's
    does not, so that a comparison with a negative one means something else there.
    """
    return without_date(str(converted(module, ports, name)))


def converted(module: Module, ports: Iterable[Signal], name: str) -> ConvOutput:
    """The same with the names that signals have in it (`.ns.get_name(signal)`)."""
    module.clock_domains.sys = clock = ClockDomain("sys")
    return convert(module, ios={clock.clk, clock.rst, *ports}, name=name)


def without_date(text: str) -> str:
    """LiteX stamps what it writes; equal designs shall give equal files, for the build cache."""
    stamps = r"^// *(Date|Auto-[Gg]enerated by LiteX|LiteX sha1|Filename)\b.*\n"
    return re.sub(stamps, "", text, flags=re.MULTILINE)
