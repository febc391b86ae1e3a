"""Registers with which simulated firmware talks to the harness."""

from __future__ import annotations

from litex.gen import LiteXModule
from litex.soc.interconnect.csr import CSRStatus, CSRStorage
from migen import If, Record, Signal

PADS = [
    ("exit", 1),
    ("exit_code", 32),
    ("dump", 1),
    ("dump_address", 32),
    ("dump_length", 32),
]

SETTLE_CYCLES = 200
"""Until all that the CPU has stored is in the L2 or in SDRAM, where the harness looks: a store may
wait behind a fetch, and an evicted line behind another one and a refresh."""


class SimControl(LiteXModule):
    """Ends a run and hands memory ranges to the harness.

    A range is handed over SETTLE_CYCLES after the firmware asks for it; until then `dump_wait` is
    1, and the firmware stores nothing.

    Ports (`pads`, all outputs)
    ---------------------------
    exit          1   high for one cycle when the firmware ends the run
    exit_code     32  what the harness exits with; valid with `exit`
    dump          1   high for one cycle per range
    dump_address  32  CPU address of the first byte; valid with `dump`
    dump_length   32  bytes; valid with `dump`
    """

    def __init__(self, pads: Record) -> None:
        self._exit = CSRStorage(32, name="exit", description="Write: end the run with this code.")
        self._dump_address = CSRStorage(32, name="dump_address", description="First byte.")
        self._dump_length = CSRStorage(32, name="dump_length", description="Bytes.")
        self._dump_start = CSRStorage(1, name="dump_start", description="Write: hand over.")
        self._dump_wait = CSRStatus(1, name="dump_wait", description="Not handed over yet.")

        # # #

        left = Signal(max=SETTLE_CYCLES + 1)
        self.sync += If(self._dump_start.re, left.eq(SETTLE_CYCLES)).Elif(
            left != 0, left.eq(left - 1)
        )
        self.comb += [
            self._dump_wait.status.eq(left != 0),
            pads.exit.eq(self._exit.re),
            pads.exit_code.eq(self._exit.storage),
            pads.dump.eq(left == 1),
            pads.dump_address.eq(self._dump_address.storage),
            pads.dump_length.eq(self._dump_length.storage),
        ]
