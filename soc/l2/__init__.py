"""The cache between the CPU's bus and LiteDRAM, in Migen.

`cache` answers the bus; `line_reader` and `line_writer` move lines from and to SDRAM for it.
Nothing here knows the rest of the SoC.
"""
