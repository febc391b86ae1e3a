"""Prints the extension as Verilog: `python -m rtl_ext > extension.v`."""

from .verilog import extension_verilog

if __name__ == "__main__":
    print(extension_verilog())
