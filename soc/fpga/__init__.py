"""FPGA tools that come from PyPI: found, run, and their reports read.

What lives here: wrappers under the names that LiteX calls, nextpnr's report, the area and speed of
the extension alone.  What does not: anything about a board (`soc.boards`).
"""
