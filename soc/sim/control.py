"""Registers with which simulated firmware talks to the harness."""

from __future__ import annotations

from litex.gen import LiteXModule
from litex.soc.interconnect.csr import CSRStorage
from migen import Record

PADS = [
    ("exit", 1),
    ("exit_code", 32),
    ("dump", 1),
    ("dump_address", 32),
    ("dump_length", 32),
]


class SimControl(LiteXModule):
    """Ends a run and hands memory ranges to the harness.

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

        # # #

        self.comb += [
            pads.exit.eq(self._exit.re),
            pads.exit_code.eq(self._exit.storage),
            pads.dump.eq(self._dump_start.re),
            pads.dump_address.eq(self._dump_address.storage),
            pads.dump_length.eq(self._dump_length.storage),
        ]
