"""What LiteX's BIOS is compiled with: the same for the simulated SoC and for every board.

It brings main RAM up, then asks for programs over the serial line (`dwpw.serialport.protocol`).
"""

from __future__ import annotations

from typing import Any

MEMORY_TEST_BYTES = 16 * 1024
"""Twice the L2, so that the test reaches the chip; LiteX's own 2 MB would take the simulator a
minute."""

FRAME_TIMEOUT_SECONDS = 0.25
"""By the SoC's own clock: how long the BIOS waits for the rest of a frame, and for the answer to
its request (ACK_TIMEOUT_DELAY and CMD_TIMEOUT_DELAY in its boot.c)."""


def configure_bios(soc: Any) -> None:
    """Constants that the BIOS of `soc` is compiled with."""
    soc.add_constant("MEMTEST_DATA_SIZE", MEMORY_TEST_BYTES)
    soc.add_constant("MEMTEST_ADDR_SIZE", MEMORY_TEST_BYTES)
    # Received bytes wait in the UART's FIFO, which can hold the line where it has flow control (in
    # the simulator). With interrupts they would go into a buffer that drops what it has no room
    # for, and each would cost an interrupt.
    soc.add_constant("UART_POLLING", check_duplicate=False)
