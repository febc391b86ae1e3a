"""The SoC that all numbers are taken on, for the simulator and for boards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litedram.core import LiteDRAMCore
from litedram.modules import MT48LC16M16
from litex import get_data_mod
from litex.soc.integration.soc import SoCRegion
from litex.soc.integration.soc_core import SoCCore
from migen import Module, Record, log2_int

from compiler_intrinsics.command_set import WORD_BYTES
from rtl_ext.cfu_bus import CFU_BUS
from soc import memory_map
from soc.bios import configure_bios
from soc.config import DEFAULT_BAUD, SocConfig
from soc.counters import (
    EVENTS,
    Counters,
    port_name,
    unit_events,
    write_netlist_with_events,
)
from soc.l2.cache import L2Cache
from soc.memory_port.ideal import IdealPort
from soc.memory_port.native import NativePort
from soc.memory_port.settle import Settle

CPU_NETLIST = "VexRiscv_FullCfu.v"
"""LiteX's variant `full+cfu`. Asking LiteX for that variant by name would call `add_cfu()`, which
takes the unit as a Verilog file; so the SoC asks for `full` and exchanges the netlist."""


def cpu_netlist() -> Path:
    """Verilog of the CPU."""
    return Path(get_data_mod("cpu", "vexriscv").data_location) / CPU_NETLIST


class DwpwSoC(SoCCore):
    """VexRiscv `full+cfu`, boot ROM, SRAM, UART, timer, main RAM and the config's units.

    Parameters
    ----------
    platform   LiteX platform; the caller adds the clock (`crg`)
    config     what to build
    sdram_phy  LiteDRAM PHY for the board's chip; needed when config.memory is "sdram"
    sdram_module, sdram_rate  LiteDRAM's chip, and the controller's clock against the chip's
    uart_name  LiteX's name of the UART's PHY: "sim", or the board's "serial"
    baud       bits per second of a board's UART
    scratch    folder for generated sources; needed when config.counters is set
    """

    mem_map = {
        "rom": memory_map.ROM_BASE,
        "sram": memory_map.SRAM_BASE,
        "main_ram": memory_map.MAIN_RAM_BASE,
    }

    def __init__(
        self,
        platform: Any,
        config: SocConfig,
        sdram_phy: Module | None = None,
        sdram_module: type = MT48LC16M16,
        sdram_rate: str = "1:1",
        uart_name: str = "serial",
        baud: int = DEFAULT_BAUD,
        scratch: Path | None = None,
    ) -> None:
        ideal = config.memory == "ideal"
        super().__init__(
            platform,
            config.sys_clk_freq,
            cpu_type="vexriscv",
            cpu_variant="full",
            integrated_rom_size=memory_map.ROM_SIZE,
            integrated_sram_size=memory_map.SRAM_SIZE,
            integrated_main_ram_size=config.main_ram if ideal else 0,
            uart_name=uart_name,
            uart_baudrate=baud,
        )
        configure_bios(self)
        self.unit_events = unit_events(config.units)
        netlist = cpu_netlist()
        if config.counters:
            netlist = write_netlist_with_events(netlist, scratch)
            self._connect_counters()
        self.cpu.use_external_variant(str(netlist))
        memories = connect_units(self, config)
        if config.counters:
            self._count_units(config)
        main_ram = config.main_ram
        if not ideal:
            self._add_sdram(sdram_phy, sdram_module(config.sys_clk_freq, sdram_rate))
            main_ram = min(_sdram_bytes(self.sdram), main_ram)
            self._add_l2(config.l2_size, main_ram)
        for memory in memories:
            if ideal:
                self.unit_memory = IdealPort(self.main_ram.mem)
            else:
                self.unit_memory = NativePort(self.sdram.crossbar.get_port(), main_ram)
            self._connect_memory(memory, main_ram)

    def _add_sdram(self, phy: Module, module: Any) -> None:
        """LiteDRAM and its PHY, with nothing on the bus."""
        # LiteX's BIOS trains a DDR memory by registers of this name.
        setattr(self, "sdrphy" if phy.settings.memtype == "SDR" else "ddrphy", phy)
        self.add_sdram("sdram", phy=phy, module=module, with_soc_interconnect=False)

    def _connect_memory(self, memory: Record, main_ram: int) -> None:
        """A unit's own way to main RAM, beside the CPU's; a flush brings the two together."""
        port = self.unit_memory
        above = log2_int(main_ram // WORD_BYTES)
        own = memory_map.MAIN_RAM_BASE // WORD_BYTES >> above
        self.settle = settle = Settle(self.cpu.dbus)
        self.comb += [
            memory.cmd.connect(port.memory.cmd, omit={"outside"}),
            memory.cmd.outside.eq(memory.cmd.address[above:] != own),
            memory.rdata.connect(port.memory.rdata),
            settle.flush.eq(memory.flush),
        ]
        if hasattr(self, "l2"):
            self.comb += [
                self.l2.flush.eq(settle.settled & port.idle),
                memory.flushed.eq(self.l2.flushed),
            ]
        else:
            self.comb += memory.flushed.eq(settle.settled)

    def _add_l2(self, size: int, main_ram: int) -> None:
        """Main RAM on the bus, so many bytes of the SDRAM, behind the L2."""
        port = self.sdram.crossbar.get_port()
        self.l2 = L2Cache(port, size, memory_map.L2_LINE_SIZE, main_ram)
        region = SoCRegion(memory_map.MAIN_RAM_BASE, main_ram, mode="rwx")
        self.bus.add_slave("main_ram", self.l2.bus, region)
        self.add_config("L2_SIZE", size)  # the BIOS evicts it when it tests the memory

    def _connect_counters(self) -> None:
        """Count the CPU's events."""
        self.counters = Counters(self.unit_events)
        self.csr.add("counters", n=memory_map.COUNTERS_PAGE)
        signals = self.counters.events
        self.cpu.cpu_params.update(
            {f"o_{port_name(event.name)}": signals[event.name] for event in EVENTS}
        )

    def _count_units(self, config: SocConfig) -> None:
        """Count the units' events."""
        counted = iter(self.unit_events)
        for unit, module in zip(config.units, self.extension.units, strict=True):
            for name, _ in unit.counters:
                self.comb += self.counters.events[next(counted).name].eq(module.events[name])


def _sdram_bytes(core: LiteDRAMCore) -> int:
    """Size of the memory behind a LiteDRAM core."""
    settings = core.controller.settings
    geometry = settings.geom
    places = 2 ** (geometry.bankbits + geometry.rowbits + geometry.colbits)
    return places * settings.phy.nranks * settings.phy.databits // 8


def connect_units(soc: Any, config: SocConfig) -> list[Record]:
    """Wire the custom-function port of the SoC's CPU to its units, or to nothing.

    Returns `UNIT_MEMORY` of the unit that has its own way to main RAM; there is one at most.
    """
    extension = config.make_extension()
    if extension is not None:
        soc.extension = extension
    bus = Record(CFU_BUS) if extension is None else extension.bus
    soc.cpu.cpu_params.update(
        o_CfuPlugin_bus_cmd_valid=bus.cmd.valid,
        i_CfuPlugin_bus_cmd_ready=bus.cmd.ready,
        o_CfuPlugin_bus_cmd_payload_function_id=bus.cmd.payload.function_id,
        o_CfuPlugin_bus_cmd_payload_inputs_0=bus.cmd.payload.inputs_0,
        o_CfuPlugin_bus_cmd_payload_inputs_1=bus.cmd.payload.inputs_1,
        i_CfuPlugin_bus_rsp_valid=bus.rsp.valid,
        o_CfuPlugin_bus_rsp_ready=bus.rsp.ready,
        i_CfuPlugin_bus_rsp_payload_outputs_0=bus.rsp.payload.outputs_0,
    )
    memories = getattr(extension, "memories", [])
    if len(memories) > 1:
        # Each flush of the L2 belongs to one; several would have to take turns.
        raise ValueError(f"{len(memories)} units read main RAM by themselves: there can be one")
    return memories
