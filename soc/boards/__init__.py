"""The SoC on real boards: what each brings, and from there to a bitstream with its report.

What lives here: one entry per board (`catalogue`), the SoC that it makes (`soc`), the build.
What does not: tools and their reports (`soc.fpga`), talking to a board (`dwpw`).
"""
