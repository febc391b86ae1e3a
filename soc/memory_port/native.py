"""A unit's accesses on a port of LiteDRAM."""

from __future__ import annotations

from typing import Any

from litex.gen import LiteXModule
from litex.soc.interconnect.stream import SyncFIFO
from migen import Array, Cat, If, Mux, Record, Replicate, Signal, log2_int

from compiler_intrinsics.command_set import WORD_BITS, WORD_BYTES
from rtl_ext.unit_memory import UNIT_MEMORY

WRITES = 16
"""Words that wait for LiteDRAM to fetch them; a bank has nine commands under way at most."""

READS = 32
"""Reads of a wide port that may be under way, of which it must be known which half is meant."""

COMMANDS = 2
"""Accesses that wait for the port: no more, since what is fetched ahead stands in the way of what
is urgent."""

TURN = 4096
"""Commands that follow each other at most: LiteDRAM leaves a bank to one port as long as that asks
for it, and the CPU waits."""

REST = 32
"""Cycles without a command behind them, in which a bank empties its queue and takes another's."""


class NativePort(LiteXModule):
    """Makes accesses to words of 8 bytes into LiteDRAM's commands, one per cycle.

        memory.cmd ─┬─> commands ─> | Parts ─> port.cmd       port narrower than a word: several
                    └─> writes ─────> Parts ─> port.wdata     commands a word; wider: one, half of
        memory.rdata <─ Parts <────────────── port.rdata      which is used

    LiteDRAM fetches the data of a write at a time of its own choice, so they wait in a queue before
    the command goes out; it takes the commands of a port in their order.

    Ports:
        memory  UNIT_MEMORY  slave; the two of a flush belong to others
        idle    1            out  LiteDRAM has taken every command

    Parameters:
        port: LiteDRAM native port of 16, 32, 64 or 128 bits.
        memory_bytes: bytes of main RAM.
    """

    def __init__(self, port: Any, memory_bytes: int) -> None:
        self.memory = Record(UNIT_MEMORY)
        self.idle = Signal()

        # # #

        address_bits = log2_int(memory_bytes // WORD_BYTES)
        layout = [("write", 1), ("address", address_bits)]
        self.commands = SyncFIFO(layout, COMMANDS)
        self.writes = SyncFIFO([("data", WORD_BITS), ("mask", WORD_BYTES), ("high", 1)], WRITES)
        self.resting = Signal()
        self._rest(port)
        cmd, commands, writes = self.memory.cmd, self.commands.sink, self.writes.sink
        self.comb += [
            cmd.ready.eq(commands.ready & (~cmd.write | writes.ready)),
            commands.valid.eq(cmd.valid & (~cmd.write | writes.ready)),
            commands.write.eq(cmd.write),
            commands.address.eq(cmd.address),
            writes.valid.eq(cmd.valid & cmd.write & commands.ready),
            writes.data.eq(cmd.data),
            writes.mask.eq(cmd.mask),
            writes.high.eq(cmd.address),
            self.idle.eq(~self.commands.source.valid),
            port.cmd.we.eq(self.commands.source.write),
            port.wdata.valid.eq(self.writes.source.valid),
        ]
        if port.data_width <= WORD_BITS:
            self._in_parts(port, WORD_BITS // port.data_width)
        else:
            self._in_halves(port)

    def _rest(self, port: Any) -> None:
        """Let others have the bank now and then."""
        left = Signal(max=max(TURN, REST) + 1, reset=TURN)
        self.sync += If(
            left == 0,
            self.resting.eq(~self.resting),
            left.eq(Mux(self.resting, TURN, REST)),
        ).Elif(self.resting | (port.cmd.valid & port.cmd.ready), left.eq(left - 1))

    def _in_parts(self, port: Any, parts: int) -> None:
        """As many commands as a word has parts, lowest first."""
        queued, writes = self.commands.source, self.writes.source
        asked, written, read = (Signal(max=max(2, parts)) for _ in range(3))
        bits, octets = port.data_width, port.data_width // 8
        words, masks = (
            Array(value[size * part : size * (part + 1)] for part in range(parts))
            for value, size in ((writes.data, bits), (writes.mask, octets))
        )
        before = Signal(WORD_BITS, reset_less=True)  # the parts that came, the newest at the top
        whole = Cat(before[bits:], port.rdata.data) if parts > 1 else port.rdata.data
        self.comb += [
            port.cmd.valid.eq(queued.valid & ~self.resting),
            port.cmd.addr.eq(Cat(asked, queued.address) if parts > 1 else queued.address),
            queued.ready.eq(port.cmd.ready & ~self.resting & (asked == parts - 1)),
            port.wdata.data.eq(words[written]),
            port.wdata.we.eq(masks[written]),
            writes.ready.eq(port.wdata.ready & (written == parts - 1)),
            self.memory.rdata.valid.eq(port.rdata.valid & (read == parts - 1)),
            self.memory.rdata.data.eq(whole),
            port.rdata.ready.eq(1),
        ]
        if parts > 1:
            self.sync += [
                If(port.cmd.valid & port.cmd.ready, asked.eq(asked + 1)),
                If(port.wdata.ready, written.eq(written + 1)),
                If(port.rdata.valid, read.eq(read + 1), before.eq(whole)),
            ]

    def _in_halves(self, port: Any) -> None:
        """One command a word, which is a half of what the port moves."""
        queued, writes, answer = self.commands.source, self.writes.source, self.memory.rdata
        self.halves = SyncFIFO([("high", 1)], READS)
        halves = self.halves
        free = ~self.resting & (queued.write | halves.sink.ready)
        high = Replicate(writes.high, WORD_BYTES)
        self.comb += [
            port.cmd.valid.eq(queued.valid & free),
            port.cmd.addr.eq(queued.address[1:]),
            queued.ready.eq(port.cmd.ready & free),
            halves.sink.valid.eq(queued.valid & ~queued.write & port.cmd.ready & ~self.resting),
            halves.sink.high.eq(queued.address),
            port.wdata.data.eq(Cat(writes.data, writes.data)),
            port.wdata.we.eq(Cat(writes.mask & ~high, writes.mask & high)),
            writes.ready.eq(port.wdata.ready),
            answer.valid.eq(port.rdata.valid),
            answer.data.eq(
                Mux(halves.source.high, port.rdata.data[WORD_BITS:], port.rdata.data[:WORD_BITS])
            ),
            halves.source.ready.eq(port.rdata.valid),
            port.rdata.ready.eq(1),
        ]
