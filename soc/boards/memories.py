"""Main memories of boards: from pins to LiteDRAM PHY."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


@dataclass(frozen=True)
class SdrSdram:
    """SDR SDRAM on pins named `sdram`; its clock pin belongs to the clocking."""

    module: str
    rate: str = "1:1"

    def attach(self, soc: Any, platform: Any, sys_clk_freq: int) -> Any:
        """A GENSDRPHY."""
        from litedram.phy import GENSDRPHY

        return GENSDRPHY(platform.request("sdram"), sys_clk_freq)


@dataclass(frozen=True)
class GowinSdram:
    """SDR SDRAM inside a GW2AR package: its nets have fixed names, which stand for the pins."""

    module: str
    rate: str = "1:1"

    NETS = {
        "clk": "O_sdram_clk",
        "cke": "O_sdram_cke",
        "cs_n": "O_sdram_cs_n",
        "cas_n": "O_sdram_cas_n",
        "ras_n": "O_sdram_ras_n",
        "we_n": "O_sdram_wen_n",
        "dm": "O_sdram_dqm",
        "a": "O_sdram_addr",
        "ba": "O_sdram_ba",
        "dq": "IO_sdram_dq",
    }

    def attach(self, soc: Any, platform: Any, sys_clk_freq: int) -> Any:
        """A GENSDRPHY; the chip is clocked half a period later than the controller."""
        from litedram.phy import GENSDRPHY
        from litex.build.io import DDROutput
        from migen import ClockSignal

        pads = SimpleNamespace(**{pin: platform.request(net) for pin, net in self.NETS.items()})
        soc.specials += DDROutput(0, 1, pads.clk, ClockSignal("sys"))
        return GENSDRPHY(pads, sys_clk_freq)


@dataclass(frozen=True)
class Ecp5Ddr3:
    """16-bit DDR3 on pins named `ddram`, trained by the BIOS.

    phy          further arguments of LiteDRAM's ECP5DDRPHY
    termination  RTT_NOM for the chip, where the board does not follow the PHY's own choice
    """

    module: str
    rate: str = "1:2"
    phy: Mapping[str, Any] = field(default_factory=dict)
    termination: str | None = None

    def attach(self, soc: Any, platform: Any, sys_clk_freq: int) -> Any:
        """An ECP5DDRPHY, which stops and resets the clocks while it starts."""
        from litedram.phy import ECP5DDRPHY

        pads = platform.request("ddram")
        phy = ECP5DDRPHY(pads, sys_clk_freq=sys_clk_freq, **self.phy)
        if self.termination is not None:
            phy.settings.rtt_nom = self.termination
        # Pins beside the supply balls, which some boards drive to stiffen it.
        if hasattr(pads, "vccio"):
            soc.comb += pads.vccio.eq(2 ** len(pads.vccio) - 1)
        if hasattr(pads, "gnd"):
            soc.comb += pads.gnd.eq(0)
        soc.comb += [soc.crg.stop.eq(phy.init.stop), soc.crg.reset.eq(phy.init.reset)]
        return phy
