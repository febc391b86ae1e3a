"""Hands the accumulators of a result on, one by one."""

from __future__ import annotations

from functools import reduce
from operator import or_

from migen import Cat, If, Module, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry

from ..cfu_bus import WORD
from ..stage import around
from .layouts import bits_for_index


def one_accumulator(geometry: Geometry) -> list:
    """An accumulator, and whether it is its result's last; the channel of the next one."""
    return [
        ("value", (WORD, True)),
        ("last", 1),
        ("channel", bits_for_index(geometry.channels)),
    ]


class Serialiser(Module):
    """Takes the accumulators of a result at `start`, hands one on in each of the next cycles.

        accumulators ──> | held ─┬─> | the first, in its turn, else 0 ──┬─> or ──> source
                                 └─> | ... ─────────────────────────────┘

    `groups` cycles a result. The registers are reset, for free, but for their turn: so they are all
    of them together, which is a third of the logic of a choice.

    Ports, with n = log2(param_groups):
        start         1                in   only when the result before has been handed on
        accumulators  groups x int32   in   with start
        group         n                in   with start
        source        one_accumulator  out  value, last: in the order of the channels, from the
                                            second cycle after start on, 0 while there is none;
                                            channel: a cycle ahead, any value while there is none
        busy          1                out  source is an accumulator in the next cycle
    """

    def __init__(self, geometry: Geometry):
        groups = geometry.groups
        self.start = Signal()
        self.accumulators = [Signal((WORD, True), name=f"accumulator{g}") for g in range(groups)]
        self.group = Signal(bits_for_index(geometry.param_groups))
        self.source = source = Record(one_accumulator(geometry))
        self.busy = busy = Signal()

        # # #

        index = Signal(bits_for_index(groups))
        held = [Signal((WORD, True), reset_less=True, name=f"held{g}") for g in range(groups)]
        given = [Signal((WORD, True), reset_less=True, name=f"given{g}") for g in range(groups)]
        held_group = Signal(len(self.group), reset_less=True)
        ends = Signal()
        self.comb += [
            ends.eq(busy & (index == groups - 1)),
            source.value.eq(reduce(or_, given)),
            source.channel.eq(Cat(index, held_group)),
        ]
        self.sync += [
            If(
                self.start,
                busy.eq(1),
                index.eq(0),
                held_group.eq(self.group),
                *[keep.eq(value) for keep, value in zip(held, self.accumulators, strict=True)],
            ).Elif(busy, index.eq(around(index, groups - 1)), If(ends, busy.eq(0))),
            *[
                If(busy & (index == turn), value.eq(held[turn])).Else(value.eq(0))
                for turn, value in enumerate(given)
            ],
            source.last.eq(ends),
        ]
