"""The SoC as the harness sees it: clock, UART bytes and the control registers are its pins."""

from __future__ import annotations

from pathlib import Path

from litex.build.generic_platform import Pins, Subsignal
from litex.build.io import CRG
from litex.build.sim import SimPlatform
from migen import Memory, Record

from soc import memory_map
from soc.config import SocConfig
from soc.sim import control
from soc.sim.sdram import SdramModel, sdram_chip
from soc.soc import DwpwSoC

MOST_ENGINES = 8
"""Of all units; the harness is the same for all of them."""

IO = [
    ("sys_clk", 0, Pins(1)),
    (
        "serial",  # bytes, not bits: one per cycle with valid and ready
        0,
        Subsignal("source_valid", Pins(1)),
        Subsignal("source_ready", Pins(1)),
        Subsignal("source_data", Pins(8)),
        Subsignal("sink_valid", Pins(1)),
        Subsignal("sink_ready", Pins(1)),
        Subsignal("sink_data", Pins(8)),
    ),
    ("control", 0, *(Subsignal(name, Pins(width)) for name, width in control.PADS)),
    ("attention", 0, Pins(1)),
    ("layer", 0, Subsignal("start", Pins(1)), Subsignal("stop", Pins(1))),
    (
        "engines",  # bit n: the engine of that number
        0,
        Subsignal("start", Pins(MOST_ENGINES)),
        Subsignal("done", Pins(MOST_ENGINES)),
    ),
]


class SimSoC(DwpwSoC):
    """`DwpwSoC` with the SDRAM model and `SimControl`.

    Pins beyond the usual ones: `attention` is high when the harness has something to do (a UART
    byte, a request, the end, what it tells of), so that it looks at one bit per cycle only.
    `layer.start` and `layer.stop` are high while the firmware writes what starts and stops the
    performance counters, built in or not: that is where a layer begins and ends. `engines` are
    those of the units, numbered as by `soc.config.engine_names`.
    """

    def __init__(self, config: SocConfig, scratch: Path) -> None:
        platform = SimPlatform("SIM", IO.copy())
        self.crg = CRG(platform.request("sys_clk"))
        phy, chip = None, sdram_chip(config.main_ram)
        if config.memory == "sdram":
            phy = SdramModel(chip(config.sys_clk_freq, "1:1").geom_settings)
        super().__init__(
            platform, config, sdram_phy=phy, sdram_module=chip, uart_name="sim", scratch=scratch
        )

        for memory in self.memories().values():
            memory.init = None  # the harness fills them

        pads = platform.request("control")
        self.sim_control = control.SimControl(pads)
        serial = platform.lookup_request("serial")
        asked = pads.exit | pads.dump | pads.checksum
        self.layer = platform.request("layer")
        self._show_layers(self.layer)
        self.engines = platform.request("engines")
        self._show_engines(config)
        told = self.layer.start | (self.engines.start != 0) | (self.engines.done != 0)
        self.comb += platform.request("attention").eq(serial.source_valid | asked | told)

    def _show_layers(self, pads: Record) -> None:
        """The CPU's writes to the first CSR of the counters."""
        bus = self.cpu.dbus
        place = memory_map.COUNTERS_BASE // (bus.data_width // 8)
        writes = bus.cyc & bus.stb & bus.we & (bus.adr == place)
        self.comb += [
            pads.start.eq(writes & bus.dat_w[0]),
            pads.stop.eq(writes & ~bus.dat_w[0]),
        ]

    def _show_engines(self, config: SocConfig) -> None:
        """When commands of the units' engines start and are over."""
        units = self.extension.units if config.units else ()
        watched = [
            module.engines[name]
            for unit, module in zip(config.units, units, strict=True)
            for name in unit.engines
        ]
        if len(watched) > MOST_ENGINES:
            raise ValueError(f"{len(watched)} engines: the harness tells of {MOST_ENGINES}")
        for number, engine in enumerate(watched):
            self.comb += [
                self.engines.start[number].eq(engine.start),
                self.engines.done[number].eq(engine.done),
            ]

    def memories(self) -> dict[str, Memory]:
        """Arrays that the harness reaches: "rom", "sram", "main_ram" and with SDRAM the L2's."""
        found = {"rom": self.rom.mem, "sram": self.sram.mem}
        if not hasattr(self, "l2"):
            return found | {"main_ram": self.main_ram.mem}
        l2 = {"l2_tags": self.l2.tags, "l2_state": self.l2.state, "l2_data": self.l2.data}
        return found | {"main_ram": self.sdrphy.mem} | l2
