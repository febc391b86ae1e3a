"""The extension as one Verilog module, for linting, area estimates and tests."""

from __future__ import annotations

from migen import Module
from migen.fhdl.verilog import convert

MODULE = "dwpw_extension"


def extension_verilog(extension: Module) -> str:
    """Verilog text of module `dwpw_extension`: `CFU_BUS` with prefix bus_, sys_clk, sys_rst.

    extension: a Migen module with `bus`, such as `rtl_ext.top.Extension`.
    """
    return str(convert(extension, ios=set(extension.bus.flatten()), name=MODULE))
