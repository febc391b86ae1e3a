"""The lanes: a word and a store entry go in each cycle, accumulators come out."""

from __future__ import annotations

from itertools import pairwise

from migen import If, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry

from ..cfu_bus import WORD
from .dot_product import DotProduct
from .history import History
from .layouts import BYTE, bits_for_index, entry_bits, mac_step


class MacArray(Module):
    """Multiplies a word's taps with a store entry and accumulates.

        step ──> taps: the word's bytes, or its row's history ─┐
        entry ─────────────────────────────────────────────────┴> DotProduct ──> + ──> accumulators
        step's control ────────────────────────────────> | | | | ──────────────────> | complete

    One step per cycle, no stalls.  A step's products are in the accumulators `latency` cycles
    later: those of `DotProduct` and one for the accumulators.

    Ports, with n = log2(param_groups):
        step          mac_step       in   no mac may follow directly behind a last one
        entry         lanes * 8      in   the store entry of the same step
        complete      1              out  the accumulators are a result
        group         n              out  its parameter group
        accumulators  groups x int32 out  valid with `complete`
    """

    def __init__(self, geometry: Geometry):
        self.step = step = Record(mac_step(geometry))
        self.entry = Signal(entry_bits(geometry))
        self.complete = Signal()
        self.group = Signal(bits_for_index(geometry.param_groups))
        self.accumulators = [Signal((WORD, True), name=f"acc{g}") for g in range(geometry.groups)]

        # # #

        self.submodules.history = History(geometry)
        dots = [DotProduct(geometry) for _ in range(geometry.groups)]
        self.submodules += dots
        self.latency = dots[0].latency + 1
        self._feed(dots, geometry)

        control = [("mac", 1), ("up", 1), ("last", 1), ("clear", 1), ("group", len(step.group))]
        stages = [step] + [Record(control, name=f"control{n}") for n in range(1, self.latency + 1)]
        for before, after in pairwise(stages):
            self.sync += after.eq(before)
        summed, added = stages[-2:]
        for dot, accumulator in zip(dots, self.accumulators, strict=True):
            before = Mux(summed.up, accumulator << BYTE, accumulator)
            self.sync += [
                If(summed.mac, accumulator.eq(before + dot.total)),
                # A reset of the register is free, a multiplexer in front of the adder is not.
                If(summed.clear | added.last, accumulator.eq(0)),
            ]
        self.comb += [self.complete.eq(added.last), self.group.eq(added.group)]

    def _feed(self, dots: list[DotProduct], geometry: Geometry) -> None:
        """Taps and weights of each accumulator."""
        step, history = self.step, self.history
        self.comb += [
            history.row.eq(step.row),
            history.shift.eq(step.shift),
            history.word.eq(step.word),
        ]
        columns = (history.before, history.previous, step.word)
        for group, dot in enumerate(dots):
            self.comb += dot.zero_point.eq(step.zero_point)
            for tap in range(geometry.taps):
                column = _byte(columns[tap], group) if tap < len(columns) else 0
                weight = _byte(self.entry, group * geometry.taps + tap)
                self.comb += [
                    dot.taps[tap].eq(Mux(step.dw, column, _byte(step.word, tap))),
                    dot.weights[tap].eq(weight),
                ]


def _byte(word: Signal, position: int):
    """A byte of a word."""
    return word[BYTE * position : BYTE * (position + 1)]
