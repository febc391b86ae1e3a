"""Registers with which simulated firmware talks to the harness."""

from __future__ import annotations

from litex.gen import LiteXModule
from litex.soc.interconnect.csr import CSRField, CSRStatus, CSRStorage
from migen import If, Record, Signal

PADS = [
    ("exit", 1),
    ("exit_code", 32),
    ("dump", 1),
    ("checksum", 1),
    ("address", 32),
    ("length", 32),
    ("checksum_value", 32),
]

SETTLE_CYCLES = 200
"""Until all that the CPU has stored is in the L2 or in SDRAM, where the harness looks: a store may
wait behind a fetch, and an evicted line behind another one and a refresh."""


class SimControl(LiteXModule):
    """Ends a run and shows memory ranges to the harness.

    The harness looks at a range SETTLE_CYCLES after the firmware's request; until then `wait` is
    1, and the firmware stores nothing.

    Ports (`pads`; all but `checksum_value` are outputs)
    ----------------------------------------------------
    exit            1   high for one cycle when the firmware ends the run
    exit_code       32  what the harness exits with; valid with `exit`
    dump            1   high for one cycle: take the range
    checksum        1   high for one cycle: compute the range's CRC-32
    address         32  CPU address of the range's first byte; valid with `dump` and `checksum`
    length          32  bytes; valid with `dump` and `checksum`
    checksum_value  32  from the harness: the last CRC-32; valid from the cycle behind `checksum` on
    """

    def __init__(self, pads: Record) -> None:
        self._exit = CSRStorage(32, name="exit", description="Write: end the run with this code.")
        self._address = CSRStorage(32, name="address", description="First byte.")
        self._length = CSRStorage(32, name="length", description="Bytes.")
        self._request = CSRStorage(
            name="request",
            fields=[
                CSRField("dump", description="Hand the range over."),
                CSRField("checksum", description="Compute the CRC-32 of the range."),
            ],
        )
        self._wait = CSRStatus(1, name="wait", description="Not looked at yet.")
        self._checksum = CSRStatus(32, name="checksum", description="CRC-32 of the last range.")

        # # #

        left = Signal(max=SETTLE_CYCLES + 1)
        self.sync += If(self._request.re, left.eq(SETTLE_CYCLES)).Elif(left != 0, left.eq(left - 1))
        self.comb += [
            self._wait.status.eq(left != 0),
            self._checksum.status.eq(pads.checksum_value),
            pads.exit.eq(self._exit.re),
            pads.exit_code.eq(self._exit.storage),
            pads.dump.eq((left == 1) & self._request.fields.dump),
            pads.checksum.eq((left == 1) & self._request.fields.checksum),
            pads.address.eq(self._address.storage),
            pads.length.eq(self._length.storage),
        ]
