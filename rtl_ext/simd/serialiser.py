"""Hands the accumulators of a result on, one by one."""

from __future__ import annotations

from migen import Array, Cat, If, Module, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry

from ..cfu_bus import WORD
from ..stage import around
from .layouts import bits_for_index


def one_accumulator(geometry: Geometry) -> list:
    """An accumulator, its channel, and whether it is its result's last."""
    return [
        ("value", (WORD, True)),
        ("channel", bits_for_index(geometry.channels)),
        ("last", 1),
    ]


class Serialiser(Module):
    """Takes the accumulators of a result at `start`, hands one on in each of the next cycles.

        accumulators ──> | held ──> source         `groups` cycles a result

    Ports, with n = log2(param_groups):
        start         1                in   only when the result before has been handed on
        accumulators  groups x int32   in   with start
        group         n                in   with start
        source        one_accumulator  out  in the order of the channels; any value while idle
        busy          1                out  source is an accumulator
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
        held_group = Signal(len(self.group), reset_less=True)
        self.sync += If(
            self.start,
            busy.eq(1),
            index.eq(0),
            held_group.eq(self.group),
            *[keep.eq(value) for keep, value in zip(held, self.accumulators, strict=True)],
        ).Elif(busy, index.eq(around(index, groups - 1)), If(source.last, busy.eq(0)))
        self.comb += [
            source.value.eq(Array(held)[index]),
            source.channel.eq(Cat(index, held_group)),
            source.last.eq(busy & (index == groups - 1)),
        ]
