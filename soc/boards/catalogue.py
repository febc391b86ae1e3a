"""The boards. What was built for each, and what was tried, stands in docs/boards.md."""

from __future__ import annotations

from soc.boards.entry import Board, SerialBridge
from soc.boards.memories import Ecp5Ddr3, GowinSdram, SdrSdram

FAST_BAUD = 1_000_000
"""For the chips of FTDI, which make it exactly from their clock."""

BOARDS = (
    Board(
        name="ulx3s",
        title="Radiona ULX3S, LFE5U-85F",
        module="radiona_ulx3s",
        platform={"device": "LFE5U-85F"},
        clock_hz=50_000_000,
        memory=SdrSdram("MT48LC16M16"),
        loader="ulx3s",
        bridge=SerialBridge(0x0403, 0x6015),  # FT231X
        baud=FAST_BAUD,
    ),
    Board(
        name="ecpix5",
        title="LambdaConcept ECPIX-5, LFE5UM5G-85F",
        module="lambdaconcept_ecpix5",
        platform={"device": "85F"},
        clock_hz=75_000_000,
        memory=Ecp5Ddr3("MT41K256M16"),
        loader="ecpix5",
        bridge=SerialBridge(0x0403, 0x6010, interface=1),  # FT2232H; JTAG is its other port
        baud=FAST_BAUD,
    ),
    Board(
        name="colorlight_i5",
        title="Colorlight i5, LFE5U-25F",
        module="colorlight_i5",
        platform={"board": "i5", "revision": "7.0"},
        clock_hz=60_000_000,
        memory=SdrSdram("M12L64322A"),  # compatible with the EM638325 on the module
        loader="colorlight-i5",
    ),
    Board(
        name="orangecrab",
        title="OrangeCrab r0.2, LFE5U-85F",
        module="gsd_orangecrab",
        # Its USB port would need a USB core that no package brings: the UART is on GPIO 0 and 1.
        platform={"device": "85F"},
        pins=("feather_serial",),
        clock_hz=48_000_000,
        # Sold with chips of 1 to 8 Gbit: the timing of the slowest, of which 32 MB are used.
        memory=Ecp5Ddr3(
            "MT41K512M16",
            phy={"dm_remapping": {0: 1, 1: 0}, "cmd_delay": 100},
            termination="disabled",
        ),
        crg="_CRGSDRAM",
        loader="orangeCrab",
    ),
    Board(
        name="tang_nano_20k",
        title="Sipeed Tang Nano 20K, GW2AR-18",
        module="sipeed_tang_nano_20k",
        platform={"toolchain": "apicula"},
        synthesis={"nowidelut": True},  # a register behind a wide LUT would take a LUT of its own
        clock_hz=72_000_000,
        memory=GowinSdram("M12L64322A"),
        loader="tangnano20k",
        bridge=SerialBridge(0x0403, 0x6010, interface=1),  # a BL616 that passes for an FT2232
    ),
)
BY_NAME = {board.name: board for board in BOARDS}
