"""Prints the extension as Verilog: `python -m rtl_ext > extension.v`."""

from migen.fhdl.verilog import convert

from .extension import Extension

if __name__ == "__main__":
    extension = Extension()
    print(convert(extension, ios=set(extension.bus.flatten()), name="dwpw_extension"))
