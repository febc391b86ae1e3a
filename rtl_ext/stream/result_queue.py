"""Where the results go that are under way."""

from __future__ import annotations

from migen import If, Memory, Module, Signal

from compiler_intrinsics.stream.commands import LOCAL_BITS
from compiler_intrinsics.stream.geometry import Geometry

from .layouts import bits_for_index

LONGEST_WAY = 32
"""Cycles from a result's last step to its word, or more; only the throughput depends on it."""

LEAST_PLACES = 16
"""Distributed memory comes in no smaller pieces."""


class ResultQueue(Module):
    """First in, first out, in LUT RAM; without checks, since `room` says in advance.

    Ports:
        push     1   in   a result's last step is taken; only with room
        place    16  in   its word
        pop      1   in   the oldest result is written
        oldest   16  out  its word
        room     1   out  for another one
        empty    1   out  no result is under way
    """

    def __init__(self, geometry: Geometry):
        places = max(LEAST_PLACES, LONGEST_WAY // geometry.result_cycles)
        self.push = Signal()
        self.place = Signal(LOCAL_BITS)
        self.pop = Signal()
        self.oldest = Signal(LOCAL_BITS)
        self.room = Signal()
        self.empty = Signal()

        # # #

        memory = Memory(LOCAL_BITS, places)
        writer, reader = memory.get_port(write_capable=True), memory.get_port(async_read=True)
        self.specials += memory, writer, reader
        width = bits_for_index(places)
        free_at = Signal(width)
        oldest_at = Signal(width)
        count = Signal(width + 1)
        self.comb += [
            writer.adr.eq(free_at),
            writer.dat_w.eq(self.place),
            writer.we.eq(self.push),
            reader.adr.eq(oldest_at),
            self.oldest.eq(reader.dat_r),
            self.room.eq(~count[-1]),
            self.empty.eq(count == 0),
        ]
        self.sync += [
            If(self.push, free_at.eq(free_at + 1)),
            If(self.pop, oldest_at.eq(oldest_at + 1)),
            count.eq(count + self.push - self.pop),
        ]
