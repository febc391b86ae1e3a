"""The L2 as one Verilog module, for linting."""

from __future__ import annotations

from litedram.common import LiteDRAMNativePort

from rtl_ext.verilog import module_verilog
from soc.l2.cache import L2Cache

MODULE = "dwpw_l2"


def l2_verilog(size: int, line_bytes: int, memory_bytes: int, port_bits: int = 16) -> str:
    """Verilog text of module `dwpw_l2`: Wishbone, a LiteDRAM native port, sys_clk, sys_rst.

    size, line_bytes, memory_bytes: as of `L2Cache`; port_bits: width of the LiteDRAM port.
    """
    words = memory_bytes * 8 // port_bits
    port = LiteDRAMNativePort("both", (words - 1).bit_length(), port_bits)
    cache = L2Cache(port, size, line_bytes, memory_bytes)
    records = (cache.bus, port.cmd, port.wdata, port.rdata)
    pins = {signal for record in records for signal in record.flatten()}
    return module_verilog(cache, pins | {cache.flush, cache.flushed}, MODULE)
