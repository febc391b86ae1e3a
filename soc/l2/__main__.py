"""Prints the L2 of the SoC as Verilog: `python -m soc.l2 > l2.v`."""

from soc import memory_map
from soc.config import SocConfig
from soc.l2.verilog import l2_verilog

if __name__ == "__main__":
    print(l2_verilog(SocConfig().l2_size, memory_map.L2_LINE_SIZE, memory_map.MAIN_RAM_SIZE))
