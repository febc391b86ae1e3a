"""Places in the weight memory, in the order in which they are read."""

from __future__ import annotations

from migen import If, Module, Signal

from compiler_intrinsics.stream.commands import LOCAL_BITS
from compiler_intrinsics.stream.geometry import Geometry

from .layouts import bits_for_index
from .walk import chosen


class EntryWalk(Module):
    """A group's parameters, its weights again for each result, then the next group.

        start of the group + distance ─┐
        first weights ─────────────────┼──> | place
        place + 1 ─────────────────────┘

    Ports:
        first       16  in   entry of the first group's parameters
        distance    16  in   from group to group
        load        1   in   go to `first`; none of the next four
        advance     1   in   go on
        parameters  1   in   the place is one of parameters
        last        1   in   it is the last one of a result
        group_last  1   in   and that is the group's last
        place       16  out  the entry
        outside     1   out  it lies behind the end of the memory
    """

    def __init__(self, geometry: Geometry):
        self.first = Signal(LOCAL_BITS)
        self.distance = Signal(LOCAL_BITS)
        self.load = Signal()
        self.advance = Signal()
        self.parameters = Signal()
        self.last = Signal()
        self.group_last = Signal()
        self.place = Signal(LOCAL_BITS, reset_less=True)
        self.outside = Signal()

        # # #

        start = Signal(LOCAL_BITS, reset_less=True)  # of the group
        weights = Signal(LOCAL_BITS, reset_less=True)  # where its weights begin
        begin, further, place = Signal(LOCAL_BITS), Signal(LOCAL_BITS), Signal(LOCAL_BITS)
        on, again, next_group = Signal(), Signal(), Signal()
        self.comb += [
            on.eq(~self.load & (self.parameters | ~self.last)),
            again.eq(~self.parameters & self.last & ~self.group_last),
            next_group.eq(~self.parameters & self.group_last),
            begin.eq(chosen([(on, self.place), (again, weights), (next_group, start)])),
            further.eq(chosen([(on, 1), (next_group, self.distance), (self.load, self.first)])),
            place.eq(begin + further),
        ]
        beyond = place[bits_for_index(geometry.weight_entries) :]
        self.sync += [
            If(self.load | self.advance, self.place.eq(place), self.outside.eq(beyond != 0)),
            If(
                self.load | (self.advance & self.group_last & ~self.parameters),
                start.eq(place),
            ),
            If(self.advance & self.parameters, weights.eq(place)),
        ]
